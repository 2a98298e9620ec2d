using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Servers;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Seeding;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Group;

/// <summary>A group as a run finds it.</summary>
/// <param name="Members">Those with a connection; the first one sends.</param>
/// <param name="ShownSenderId">Who stands in the messages as their sender: nobody, in a channel.</param>
/// <param name="Before">The messages that it holds already: its creation.</param>
internal sealed record GroupStage(long ChatId, IReadOnlyList<BenchUser> Members, long ShownSenderId, IReadOnlyList<SeenMessage> Before);

/// <summary>Makes the group of a run, the way that each kind of server wants it.</summary>
internal static class GroupSetup
{
    private const long BareChatId = 1;

    public static async Task<GroupStage> MakeAsync(
        ServerUnderTest server, GroupOptions options, IProgress<double> progress, CancellationToken cancellationToken)
    {
        if (options.Offline > 0 && (server.Kind is not ServerKind.Product || server.Database is null))
            throw new BenchException("Members who are offline are added to the product's database; it must be known (--database).");
        if (options.Channel && server.Kind is not ServerKind.Product) throw new BenchException("Only the product has channels.");
        if (server.Kind is ServerKind.Product) return await MakeProductAsync(server, options, progress, cancellationToken);

        var users = Enumerable.Range(1, options.Online).Select(id => BenchUsers.Bare(server.Hub, id, BareChatId)).ToList();
        if (server.Kind is ServerKind.Naive)
            await new NaiveStore(server.Database!).CreateAsync([(BareChatId, [.. users.Select(u => u.UserId)])], cancellationToken);
        return new GroupStage(BareChatId, users, users[0].UserId, Before: []);
    }

    private static async Task<GroupStage> MakeProductAsync(
        ServerUnderTest server, GroupOptions options, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var users = await BenchUsers.RegisterAsync(server.Address, server.Hub, options.Online, progress, cancellationToken);
        await using var owner = await HubCaller.ConnectAsync(users[0].Hub, users[0].AccessToken, events: null, cancellationToken);
        var readers = users.Skip(1).Select(u => u.UserId).ToList();
        var group = options.Channel
            ? await MakeChannelAsync(owner, readers, cancellationToken)
            : await owner.InvokeAsync<ChatView>(nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "Bench group", readers), cancellationToken);
        var page = await owner.InvokeAsync<MessagePage>(nameof(ChatHub.ListMessages), new ListMessagesRequest(group.ChatId), cancellationToken);
        if (options.Offline > 0)
            await OfflineMembers.AddAsync(server.Database!, group.ChatId, options.Offline, TimeProvider.System, cancellationToken);
        return new GroupStage(
            group.ChatId, users, options.Channel ? 0 : users[0].UserId, [.. page.Messages.Select(m => new SeenMessage(m.MessageId, m.SenderId, m.ClientMessageId ?? Guid.Empty))]);
    }

    private static async Task<ChatView> MakeChannelAsync(HubCaller owner, List<long> readers, CancellationToken cancellationToken)
    {
        var channel = await owner.InvokeAsync<ChatView>(
            nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "Bench channel"), cancellationToken);
        foreach (var some in readers.Chunk(Limits.PageSize))
            await owner.InvokeAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(channel.ChatId, some), cancellationToken);
        return channel;
    }
}

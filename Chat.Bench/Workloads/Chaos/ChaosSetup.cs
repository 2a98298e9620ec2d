using Chat.Bench.Client;
using Chat.Bench.Topology;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>Users with the chats that they are in.</summary>
internal sealed record ChaosUser(BenchUser User, List<long> ChatIds);

/// <summary>Makes users in pairs, and groups across the pairs.</summary>
internal static class ChaosSetup
{
    public static async Task<IReadOnlyList<ChaosUser>> MakeAsync(
        ServerProcess server, ChaosOptions options, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var registered = await BenchUsers.RegisterAsync(server.Address, server.Hub, options.Pairs * 2, progress, cancellationToken);
        List<ChaosUser> users = [.. registered.Select(user => new ChaosUser(user, []))];
        for (var i = 0; i < users.Count; i += 2)
            await OpenDirectAsync(users[i], users[i + 1], cancellationToken);
        for (var group = 0; group < options.Groups; group++)
        {
            var members = Enumerable.Range(group * options.GroupSize, options.GroupSize).Select(i => users[i % users.Count]).Distinct().ToList();
            await CreateGroupAsync($"Group {group + 1}", members, cancellationToken);
        }
        return users;
    }

    private static async Task OpenDirectAsync(ChaosUser first, ChaosUser second, CancellationToken cancellationToken)
    {
        var chat = await CallAsync(first, nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(second.User.UserId), cancellationToken);
        first.ChatIds.Add(chat.ChatId);
        second.ChatIds.Add(chat.ChatId);
    }

    private static async Task CreateGroupAsync(string title, List<ChaosUser> members, CancellationToken cancellationToken)
    {
        var request = new CreateGroupRequest(Guid.NewGuid(), title, [.. members.Skip(1).Select(m => m.User.UserId)]);
        var chat = await CallAsync(members[0], nameof(ChatHub.CreateGroup), request, cancellationToken);
        foreach (var member in members) member.ChatIds.Add(chat.ChatId);
    }

    private static async Task<ChatView> CallAsync(ChaosUser user, string method, object request, CancellationToken cancellationToken)
    {
        await using var caller = await HubCaller.ConnectAsync(user.User.Hub, user.User.AccessToken, events: null, cancellationToken);
        return await caller.InvokeAsync<ChatView>(method, request, cancellationToken);
    }
}

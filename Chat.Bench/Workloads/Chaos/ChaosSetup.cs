using Chat.Bench.Client;
using Chat.Bench.Topology;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>Makes users in pairs, and groups across the pairs.</summary>
internal static class ChaosSetup
{
    private const int Concurrency = 8;

    public static async Task<ChaosPeople> MakeAsync(
        Uri address, ChaosOptions options, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var registered = await BenchUsers.RegisterAsync(
            address, ServerProcess.HubOf(address), (options.Pairs * 2) + options.Bystanders, progress, cancellationToken);
        var (users, bystanders) = (registered.Take(options.Pairs * 2).ToList(), registered.Skip(options.Pairs * 2).ToList());
        var direct = new long[options.Pairs];
        await ForEachAsync(options.Pairs, async (pair, token) =>
            direct[pair] = await OpenDirectAsync(users[pair * 2], users[(pair * 2) + 1], token), cancellationToken);

        var members = Enumerable.Range(0, options.Groups).Select(group => MembersOf(group, users, options)).ToList();
        var groups = new long[options.Groups];
        await ForEachAsync(options.Groups, async (group, token) =>
            groups[group] = await CreateGroupAsync($"Group {group + 1}", [.. members[group], .. bystanders], token), cancellationToken);

        return new ChaosPeople(
            [.. users.Select((user, index) => new ChaosUser(
                user, users[index ^ 1].UserId, direct[index / 2],
                [.. groups.Where((_, group) => members[group].Contains(user))],
                ContactsOf(user, users[index ^ 1], members, options.Contacts)))],
            bystanders);
    }

    /// <returns>The group's id.</returns>
    public static async Task<long> CreateGroupAsync(string title, IReadOnlyList<BenchUser> members, CancellationToken cancellationToken)
    {
        var request = new CreateGroupRequest(Guid.NewGuid(), title, [.. members.Skip(1).Select(m => m.UserId)]);
        return (await CallAsync(members[0], nameof(ChatHub.CreateGroup), request, cancellationToken)).ChatId;
    }

    private static List<BenchUser> MembersOf(int group, List<BenchUser> users, ChaosOptions options) =>
        [.. Enumerable.Range(group * options.GroupSize, options.GroupSize).Select(i => users[i % users.Count]).Distinct()];

    /// <summary>The partner, and those who stand behind the user in the list of its first group.</summary>
    private static IReadOnlyList<long> ContactsOf(BenchUser user, BenchUser partner, List<List<BenchUser>> groups, int count)
    {
        if (count == 0) return [];
        var group = groups.Find(members => members.Contains(user)) ?? [user];
        var at = group.IndexOf(user);
        var behind = Enumerable.Range(at + 1, group.Count - 1).Select(i => group[i % group.Count].UserId);
        return [.. behind.Prepend(partner.UserId).Distinct().Take(count)];
    }

    private static async Task<long> OpenDirectAsync(BenchUser first, BenchUser second, CancellationToken cancellationToken) =>
        (await CallAsync(first, nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(second.UserId), cancellationToken)).ChatId;

    private static async Task<ChatView> CallAsync(BenchUser user, string method, object request, CancellationToken cancellationToken)
    {
        await using var caller = await HubCaller.ConnectAsync(user.Hub, user.AccessToken, events: null, cancellationToken);
        return await caller.InvokeAsync<ChatView>(method, request, cancellationToken);
    }

    private static Task ForEachAsync(int count, Func<int, CancellationToken, Task> make, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (index, token) => await make(index, token));
}

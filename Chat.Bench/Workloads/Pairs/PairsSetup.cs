using Chat.Bench.Client;
using Chat.Bench.Servers;
using Chat.Bench.Topology;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>Makes the users and chats of a run, the way that each kind of server wants it.</summary>
internal static class PairsSetup
{
    public static Task<IReadOnlyList<Pair>> MakeAsync(
        ServerUnderTest server, int pairs, IProgress<double> progress, CancellationToken cancellationToken) => server.Kind switch
        {
            ServerKind.Product => MakeProductAsync(server, pairs, progress, cancellationToken),
            ServerKind.Naive => MakeNaiveAsync(server, pairs, cancellationToken),
            _ => Task.FromResult(MakeBare(server, pairs)),
        };

    private static async Task<IReadOnlyList<Pair>> MakeProductAsync(
        ServerUnderTest server, int count, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var users = await BenchUsers.RegisterAsync(server.Address, server.Hub, count * 2, progress, cancellationToken);
        var pairs = new Pair[count];
        await Parallel.ForAsync(0, count, cancellationToken, async (index, token) =>
        {
            var (first, second) = (users[index * 2], users[(index * 2) + 1]);
            await using var caller = await HubCaller.ConnectAsync(first.Hub, first.AccessToken, events: null, token);
            var chat = await caller.InvokeAsync<ChatView>(
                nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(second.UserId), token);
            // Where there are two nodes, the two are on different ones.
            pairs[index] = new Pair(first with { Hub = server.HubOf(0) }, second with { Hub = server.HubOf(1) }, chat.ChatId);
        });
        return pairs;
    }

    private static async Task<IReadOnlyList<Pair>> MakeNaiveAsync(ServerUnderTest server, int count, CancellationToken cancellationToken)
    {
        var pairs = MakeBare(server, count);
        await new NaiveStore(server.Database!).CreateAsync(
            pairs.Select(p => (p.ChatId, (IReadOnlyList<long>)[p.First.UserId, p.Second.UserId])), cancellationToken);
        return pairs;
    }

    private static IReadOnlyList<Pair> MakeBare(ServerUnderTest server, int count) =>
        [.. Enumerable.Range(1, count).Select(chat => new Pair(
            BenchUsers.Bare(server.Hub, (chat * 2) - 1, chat), BenchUsers.Bare(server.Hub, chat * 2, chat), chat))];
}

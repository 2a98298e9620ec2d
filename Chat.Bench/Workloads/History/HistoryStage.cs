using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Seeding;

namespace Chat.Bench.Workloads.History;

/// <summary>One size: its database, the server on it, and what was measured there.</summary>
internal sealed class HistoryStage : IAsyncDisposable
{
    private const int MaxConnections = 100;

    private readonly ServerUnderTest _server;
    private readonly HistoryCalls _calls;
    private readonly IReadOnlyList<BenchUser> _users;
    private readonly ChatShape _shape;
    private readonly Dictionary<HistoryOperation, LatencyHistogram> _latencies;

    private HistoryStage(int messages, ServerUnderTest server, HistoryCalls calls, IReadOnlyList<BenchUser> users, ChatShape shape)
    {
        (Messages, _server, _calls, _users, _shape) = (messages, server, calls, users, shape);
        _latencies = Enum.GetValues<HistoryOperation>().ToDictionary(operation => operation, _ => new LatencyHistogram());
    }

    public int Messages { get; }

    public static async Task<HistoryStage> PrepareAsync(
        PrivateDatabase instance, ChatShape shape, int messages, RunOutput output, CancellationToken cancellationToken)
    {
        var server = await ServerUnderTest.StartAsync(ServerKind.Product, instance, $"chat_history_{messages}", settings: null, cancellationToken);
        try
        {
            var users = await BenchUsers.RegisterAsync(
                server.Address, server.Hub, Math.Min(shape.Users, MaxConnections), progress: null, cancellationToken);
            var chatIds = await output.PhaseAsync(
                $"Seeding {messages:N0} messages: {shape.Chats:N0} groups of {shape.MembersPerChat} with {shape.MessagesPerChat} each, {shape.Users:N0} users in {shape.ChatsPerUser} each",
                progress => new ChatSeeder(server.Database!, shape, TimeProvider.System)
                    .SeedAsync([.. users.Select(u => u.UserId)], progress, cancellationToken));
            var calls = await HistoryCalls.ConnectAsync(users, chatIds, shape, cancellationToken);
            await calls.VerifyAsync(cancellationToken);
            return new HistoryStage(messages, server, calls, users, shape);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<string> DescribeDriverAsync(CancellationToken cancellationToken) => Databases.DescribeDriverAsync(_server.Database!, cancellationToken);

    /// <param name="counts">False while warming up.</param>
    public Task MeasureAsync(HistoryOperation operation, int calls, bool counts, CancellationToken cancellationToken) =>
        _calls.MeasureAsync(operation, calls, counts ? _latencies[operation] : new LatencyHistogram(), cancellationToken);

    public LatencySummary LatencyOf(HistoryOperation operation) => LatencySummary.Of(_latencies[operation]);

    /// <summary>Holds what was sent against the chats that it was sent to.</summary>
    public async Task<CheckReport> CheckAsync(CancellationToken cancellationToken)
    {
        var stored = await StoredStateReader.ReadAsync(_server.Database!, _calls.Sent.Select(s => s.ChatId), withTexts: false, cancellationToken);
        var seeded = new StoredState([.. stored.Chats.Select(chat => chat with { SeededUpTo = _shape.MessagesPerChat })]);
        var clients = _calls.Sent.GroupBy(s => s.User).Select(ofUser => new ClientRecord(
            $"user {_users[ofUser.Key].UserId}", _users[ofUser.Key].UserId,
            [.. ofUser.Select((s, at) => new SentMessage(s.ChatId, s.ClientMessageId, FirstSentAt: at, Attempts: 1, new Acknowledgement(s.MessageId, at)))],
            Views: [], Marks: [], Contradictions: [], Compared: new Dictionary<string, long>()));
        return ConsistencyChecker.Check(new RunRecord([.. clients]), seeded);
    }

    public async ValueTask DisposeAsync()
    {
        await _calls.DisposeAsync();
        await _server.DisposeAsync();
    }
}

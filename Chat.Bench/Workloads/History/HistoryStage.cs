using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Seeding;
using Dapper;

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
    private readonly Dictionary<HistoryOperation, (long Statements, long Calls)> _statements = [];

    private HistoryStage(int size, ServerUnderTest server, HistoryCalls calls, IReadOnlyList<BenchUser> users, ChatShape shape)
    {
        (Size, _server, _calls, _users, _shape) = (size, server, calls, users, shape);
        _latencies = Enum.GetValues<HistoryOperation>().ToDictionary(operation => operation, _ => new LatencyHistogram());
    }

    public int Size { get; }

    public static async Task<HistoryStage> PrepareAsync(
        PrivateDatabase instance, ChatShape shape, int size, RunOutput output, CancellationToken cancellationToken)
    {
        var server = await ServerUnderTest.StartAsync(ServerKind.Product, instance, $"chat_history_{size}", settings: null, cancellationToken);
        try
        {
            var users = await BenchUsers.RegisterAsync(
                server.Address, server.Hub, Math.Min(shape.Users, MaxConnections), progress: null, cancellationToken);
            var chatIds = await output.PhaseAsync(
                $"Seeding {shape.Messages:N0} messages: {shape.Chats:N0} groups of {shape.MembersPerChat} with {shape.MessagesPerChat} each, {shape.Users:N0} users in {shape.ChatsPerUser} each",
                progress => new ChatSeeder(server.Database!, shape, TimeProvider.System)
                    .SeedAsync([.. users.Select(u => u.UserId)], progress, cancellationToken));
            var calls = await HistoryCalls.ConnectAsync(users, chatIds, shape, cancellationToken);
            await calls.VerifyAsync(cancellationToken);
            await calls.FindMiddlesAsync(cancellationToken);
            return new HistoryStage(size, server, calls, users, shape);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<string> DescribeDriverAsync(CancellationToken cancellationToken) => Databases.DescribeDriverAsync(_server.Database!, cancellationToken);

    /// <param name="counts">False while warming up.</param>
    public async Task MeasureAsync(HistoryOperation operation, int calls, bool counts, CancellationToken cancellationToken)
    {
        var before = await CountStatementsAsync(cancellationToken);
        await _calls.MeasureAsync(operation, calls, counts ? _latencies[operation] : new LatencyHistogram(), cancellationToken);
        if (!counts) return;
        var (statements, done) = _statements.GetValueOrDefault(operation);
        _statements[operation] = (statements + await CountStatementsAsync(cancellationToken) - before, done + calls);
    }

    public double StatementsOf(HistoryOperation operation)
    {
        var (statements, calls) = _statements[operation];
        return Math.Round((double)statements / calls, 1);
    }

    private Task<long> CountStatementsAsync(CancellationToken cancellationToken) => _server.Database!.QueryAsync(
        async connection => (await connection.QuerySingleAsync<(string Name, long Value)>("SHOW GLOBAL STATUS LIKE 'Com_select'")).Value, cancellationToken);

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

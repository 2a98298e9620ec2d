using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Data;
using Chat.Server.Errors;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>What runs of this kind have in common: a private database, a server process, the load, and the check at the end.</summary>
internal sealed class ChaosStage : IAsyncDisposable
{
    private const string DatabaseName = "chat_chaos";
    private static readonly TimeSpan RecoveryTimeout = TimeSpan.FromSeconds(30);

    private readonly ChaosOptions _options;
    private readonly RunOutput _output;
    private readonly List<Disturbance> _disturbances = [];
    private readonly List<string> _failures = [];
    private ChaosLoad? _load;
    private IReadOnlyList<ChaosUser> _users = [];

    private ChaosStage(PrivateDatabase database, ServerProcess server, ChaosOptions options, RunOutput output) =>
        (Database, Server, _options, _output) = (database, server, options, output);

    public PrivateDatabase Database { get; }

    public ServerProcess Server { get; }

    public static async Task<ChaosStage> StartAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var database = await output.PhaseAsync(
            "Starting a private database", _ => PrivateDatabase.StartAsync(bufferPool: null, cancellationToken));
        ServerProcess? server = null;
        ChaosStage? stage = null;
        try
        {
            await Databases.CreateAsync(database, DatabaseName, cancellationToken);
            server = await output.PhaseAsync("Starting the server", _ => ServerProcess.StartAsync(
                ServerKind.Product, database.ConnectionString(DatabaseName), settings: null, cancellationToken));
            stage = new ChaosStage(database, server, options, output);
            stage._users = await output.PhaseAsync(
                $"Making {options.Pairs * 2} users, {options.Pairs} direct chats and {options.Groups} groups of {options.GroupSize}",
                progress => ChaosSetup.MakeAsync(server, options, progress, cancellationToken));
            stage._load = new ChaosLoad(stage._users, options);
            await output.PhaseAsync("Connecting everybody", _ => stage._load.StartAsync(cancellationToken));
            return stage;
        }
        catch
        {
            if (stage?._load is { } load) await load.DisposeAsync();
            if (server is not null) await server.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Breaks something under load, repairs it, and waits until messages are acknowledged again.</summary>
    /// <param name="breakIt">Returns when it is broken.</param>
    /// <param name="repair">Returns when it answers again.</param>
    public async Task DisturbAsync(string what, Func<Task> breakIt, Func<Task> repair, CancellationToken cancellationToken)
    {
        await _output.WaitAsync("Load", _options.CalmBefore, cancellationToken);
        var counters = _load!.Counters;
        var unavailableBefore = counters.ErrorsOf(ErrorCodes.Unavailable);

        var blow = Stopwatch.GetTimestamp();
        var (away, acknowledged) = await _output.PhaseAsync(what, async _ =>
        {
            await breakIt();
            await repair();
            return (Stopwatch.GetElapsedTime(blow), counters.Acknowledged);
        });

        var repaired = Stopwatch.GetTimestamp();
        while (counters.Acknowledged == acknowledged && Stopwatch.GetElapsedTime(repaired) < RecoveryTimeout)
            await Task.Delay(10, cancellationToken);
        if (counters.Acknowledged == acknowledged)
            Fail($"{what}: nothing was acknowledged for {RecoveryTimeout.TotalSeconds} s after it answered again.");
        var disturbance = new Disturbance(
            what, away.TotalSeconds, Stopwatch.GetElapsedTime(repaired).TotalSeconds,
            counters.ErrorsOf(ErrorCodes.Unavailable) - unavailableBefore);
        _disturbances.Add(disturbance);
        _output.Line(
            $"{what}: away for {away.TotalSeconds:N1} s, next message acknowledged {disturbance.SecondsToNextAcknowledgement:N2} s later; "
            + $"{disturbance.Unavailable:N0} calls answered {ErrorCodes.Unavailable} meanwhile");
    }

    /// <summary>Something that the run demands did not happen.</summary>
    public void Fail(string reason)
    {
        _failures.Add(reason);
        _output.Line($"FAILURE: {reason}");
    }

    public long UnavailableDuringLast => _disturbances[^1].Unavailable;

    /// <summary>Lets the load run out, brings all clients to the end of all chats, and checks.</summary>
    public async Task<ChaosReport> FinishAsync(string command, CancellationToken cancellationToken)
    {
        await _output.WaitAsync("Load", _options.CalmBefore, cancellationToken);
        var load = _load!;
        try
        {
            await _output.PhaseAsync("Emptying outboxes, syncing everybody", _ => load.ConvergeAsync(cancellationToken));
        }
        catch (BenchException)
        {
            _output.Line($"The server printed:\n{Server.LogExcerpt}");
            throw;
        }
        var record = load.ToRecord();
        await using var database = ChatDatabase.Create(Database.ConnectionString(DatabaseName));
        var stored = await _output.PhaseAsync("Reading the database", _ =>
            StoredStateReader.ReadAsync(database, _users.SelectMany(u => u.ChatIds), withTexts: true, cancellationToken));
        return Report(command, load.Counters, ConsistencyChecker.Check(record, stored));
    }

    public async ValueTask DisposeAsync()
    {
        if (_load is not null) await _load.DisposeAsync();
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }

    private ChaosReport Report(string command, ChaosCounters counters, CheckReport check) => new(
        command, _disturbances, counters.Acknowledged, counters.Repeated,
        counters.Connected, counters.ConnectionsLost, counters.ConnectFailed, counters.Syncs, counters.Errors, _failures, check);
}

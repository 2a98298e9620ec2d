using System.Diagnostics;
using System.Globalization;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Data;
using Chat.Server.Errors;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>What runs of this kind have in common: the load on a chat that is served, what is done to it, and the check at the end.</summary>
internal sealed class ChaosStage : IAsyncDisposable
{
    private static readonly TimeSpan RecoveryTimeout = TimeSpan.FromSeconds(30);

    private readonly ChaosOptions _options;
    private readonly RunOutput _output;
    private readonly List<Disturbance> _disturbances = [];
    private readonly List<string> _failures = [];
    private readonly ChaosLoad _load;
    private readonly IServedChat _served;
    private readonly Dictionary<string, double> _figures = [];
    private long _changedAt = Stopwatch.GetTimestamp();

    private ChaosStage(IServedChat served, ChaosPeople people, ChaosOptions options, RunOutput output)
    {
        (_served, _options, _output) = (served, options, output);
        Bystanders = people.Bystanders;
        _load = new ChaosLoad(people.Users, options);
    }

    public IReadOnlyList<ResilientClient> Clients => _load.Clients;

    /// <summary>Members of all groups whom nobody connects: the run does what it wants with them.</summary>
    public IReadOnlyList<BenchUser> Bystanders { get; }

    public ChaosCounters Counters => _load.Counters;

    public long UnavailableDuringLast => _disturbances[^1].Unavailable;

    /// <summary>The longest that a client may be without a connection; null: any time.</summary>
    public TimeSpan? AwayLimit { get; set; }

    /// <summary>Makes users and chats, connects everybody, and lets them write.</summary>
    public static async Task<ChaosStage> StartAsync(
        IServedChat served, ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var people = await output.PhaseAsync(
            $"Making {(options.Pairs * 2) + options.Bystanders} users, {options.Pairs} direct chats and {options.Groups} groups of {options.GroupSize + options.Bystanders}",
            progress => ChaosSetup.MakeAsync(served.Address, options, progress, cancellationToken));
        var stage = new ChaosStage(served, people, options, output);
        try
        {
            await output.PhaseAsync("Connecting everybody", _ => stage._load.StartAsync(cancellationToken));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Some clients who are about to go away until the end.</summary>
    /// <param name="node">Where they are connected; null: anywhere.</param>
    public IReadOnlyList<ResilientClient> ChooseLeavers(string? node = null) =>
        [.. Clients.Where(client => !client.HasLeft && client.Node is { } present && (node ?? present) == present)
            .OrderBy(_ => Random.Shared.Next()).Take(_options.Leavers)];

    /// <summary>Breaks something under load, repairs it, and waits until messages are acknowledged again.</summary>
    /// <param name="breakIt">Returns when it is broken.</param>
    /// <param name="repair">Returns when it answers again.</param>
    public async Task DisturbAsync(string what, Func<Task> breakIt, Func<Task> repair, CancellationToken cancellationToken)
    {
        await _output.WaitAsync("Load", _options.CalmBefore, cancellationToken);
        var unavailableBefore = Counters.ErrorsOf(ErrorCodes.Unavailable);
        _ = Counters.Acknowledgements.Take();

        var blow = Stopwatch.GetTimestamp();
        var (away, acknowledged) = await _output.PhaseAsync(what, async _ =>
        {
            await breakIt();
            await repair();
            return (Stopwatch.GetElapsedTime(blow), Counters.Acknowledged);
        });

        _changedAt = Stopwatch.GetTimestamp();
        await UntilAcknowledgedAsync(what, acknowledged, cancellationToken);
        var disturbance = new Disturbance(
            what, away.TotalSeconds, Stopwatch.GetElapsedTime(_changedAt).TotalSeconds,
            Counters.ErrorsOf(ErrorCodes.Unavailable) - unavailableBefore);
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

    /// <summary>Something that the run measured, for the report.</summary>
    public void Measured(string what, double value) => _figures[what] = value;

    /// <summary>Fails unless a figure is within its limit.</summary>
    public void MustBeWithin(string what, double value, double limit)
    {
        Measured(what, value);
        if (value > limit) Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: {value:N1}, allowed are {limit:N1}."));
    }

    /// <summary>Lets the load run out, watches everybody come to rest by themselves, syncs them all the same, and checks.</summary>
    public async Task<ChaosReport> FinishAsync(string command, CancellationToken cancellationToken)
    {
        await _output.WaitAsync("Load", _options.CalmBefore, cancellationToken);
        await using var database = ChatDatabase.Create(_served.ConnectionString);
        var ending = new ChaosEnding(_load, _options, database, _output);
        RunRecord record;
        try
        {
            record = await ending.RunAsync(_changedAt, cancellationToken) with { AwayLimit = AwayLimit };
        }
        catch (BenchException)
        {
            _output.Line($"The servers printed:\n{_served.LogExcerpt}");
            throw;
        }
        var stored = await _output.PhaseAsync("Reading the database", _ =>
            StoredStateReader.ReadAsync(database, Clients.SelectMany(c => c.User.ChatIds), withTexts: true, cancellationToken));
        var report = ChaosReport.Of(command, _disturbances, Counters, ending.Acknowledgements, record, _figures, _failures, ConsistencyChecker.Check(record, stored));
        if (!report.Passed) _output.Line($"The servers printed:\n{_served.LogExcerpt}");
        return report;
    }

    public ValueTask DisposeAsync() => _load.DisposeAsync();

    private async Task UntilAcknowledgedAsync(string what, long acknowledged, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (Counters.Acknowledged == acknowledged)
        {
            if (Stopwatch.GetElapsedTime(start) > RecoveryTimeout)
            {
                Fail($"{what}: nothing was acknowledged for {RecoveryTimeout.TotalSeconds} s after it answered again.");
                return;
            }
            await Task.Delay(10, cancellationToken);
        }
    }
}

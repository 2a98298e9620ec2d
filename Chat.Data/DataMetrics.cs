using System.Diagnostics.Metrics;
using Chat.Data.Messages;

namespace Chat.Data;

/// <summary>
/// What the data layer reports, on the meter <see cref="MeterName"/>; docs/operations.md says what to watch. Everything is recorded per
/// batch, and costs next to nothing while nobody listens.
/// </summary>
public sealed class DataMetrics
{
    public const string MeterName = "Chat.Data";

    private static readonly KeyValuePair<string, object?> Committed = new("outcome", "committed");
    private static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");

    private readonly Meter _meter;
    private readonly Counter<long> _messages;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _pushLag;
    private readonly Histogram<int> _receiptBatchSize;
    private readonly Histogram<double> _receiptDuration;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _replicaReads;

    public DataMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _messages = _meter.CreateCounter<long>("chat.append.messages", "{message}", "Messages that left a lane, by outcome: stored, repeated, refused, failed");
        _batchSize = Sizes("chat.append.batch.size", "{message}", "Messages in one transaction");
        _duration = Times("chat.append.duration", "From the first statement of a batch to the end of its commit, repeats included");
        _wait = Times("chat.append.wait", "How long the first message of a batch took from the lane's queue to its answer");
        _pushLag = Times("chat.push.lag", "From the commit of a batch to the hand-over of its last push to this node's connections");
        _receiptBatchSize = Sizes("chat.receipts.batch.size", "{mark}", "Marks in one transaction");
        _receiptDuration = Times("chat.receipts.duration", "The transaction of a batch of marks, repeats included");
        _failures = _meter.CreateCounter<long>(
            "chat.database.failures", "{failure}", "What the database refused: unavailable (also after repeats), conflict (a deadlock, a lock timeout or a commit that a cluster refused, and that was run again)");
        _replicaReads = _meter.CreateCounter<long>(
            "chat.replica.reads", "{read}", "Reads meant for the replica, by outcome: served, behind, failed, resting; all but the first went to the primary");
    }

    /// <summary>Whether messages have to know when they were enqueued.</summary>
    internal bool MeasuresWait => _wait.Enabled;

    internal void WatchAppendQueue(IReadOnlyList<Func<int>> lanes) =>
        Queue("chat.append.queue", "{item}", "Messages and changes of chats that wait in a lane", lanes);

    internal void WatchCatchUps(Func<int> waiting) => _meter.CreateObservableUpDownCounter(
        "chat.database.catch_ups.waiting", waiting, "{read}", "Reads of chat lists, syncs and history that wait for their turn (Database:MaxCatchUps)");

    internal void WatchReceiptQueue(IReadOnlyList<Func<int>> lanes) =>
        Queue("chat.receipts.queue", "{mark}", "Marks that wait in a lane", lanes);

    internal void WatchViewQueue(Func<int> waiting) => _meter.CreateObservableUpDownCounter(
        "chat.views.queue", waiting, "{post}", "Posts of channels whose views wait to be stored");

    internal void AppendCommitted(int size, TimeSpan took)
    {
        _batchSize.Record(size);
        _duration.Record(took.TotalSeconds, Committed);
    }

    internal void AppendFailed(int size, TimeSpan took)
    {
        _duration.Record(took.TotalSeconds, Failed);
        Count("failed", size);
    }

    internal void AppendAnswered(BatchOutcome outcome)
    {
        Count("stored", outcome.Stored);
        Count("repeated", outcome.Repeated);
        Count("refused", outcome.Refused);
    }

    internal void AppendWaited(TimeSpan time) => _wait.Record(time.TotalSeconds);

    internal void Pushed(TimeSpan lag) => _pushLag.Record(lag.TotalSeconds);

    internal void ReceiptsStored(int size, TimeSpan took)
    {
        _receiptBatchSize.Record(size);
        _receiptDuration.Record(took.TotalSeconds, Committed);
    }

    internal void ReceiptsFailed(TimeSpan took) => _receiptDuration.Record(took.TotalSeconds, Failed);

    internal void Unavailable() => _failures.Add(1, new KeyValuePair<string, object?>("error.type", "unavailable"));

    internal void Conflict() => _failures.Add(1, new KeyValuePair<string, object?>("error.type", "conflict"));

    internal void ReplicaRead(string outcome) => _replicaReads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    private void Count(string outcome, int messages)
    {
        if (messages > 0) _messages.Add(messages, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private Histogram<int> Sizes(string name, string unit, string description) => _meter.CreateHistogram(
        name, unit, description, advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048] });

    private Histogram<double> Times(string name, string description) => _meter.CreateHistogram(
        name, "s", description,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private void Queue(string name, string unit, string description, IReadOnlyList<Func<int>> lanes) => _meter.CreateObservableUpDownCounter(
        name, () => lanes.Select((waiting, lane) => new Measurement<int>(waiting(), new KeyValuePair<string, object?>("lane", lane))), unit, description);
}

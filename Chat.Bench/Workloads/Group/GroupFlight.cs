using System.Diagnostics;
using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Group;

/// <summary>
/// The messages of the sender. One leaves the window when its sender has the result and every other member the push; then the next is
/// sent, by whichever connection's loop saw the last of these. Without that the sender would run ahead of its receivers as far as the
/// server lets it, and the server's queues would be measured.
/// </summary>
internal sealed class GroupFlight(long chatId, int parts, GroupOptions options, RunPhase phase)
{
    private readonly SendMessageFrame _frame = new(chatId, Texts.OfCharacters(options.TextLength));
    private readonly Lock _gate = new();
    private RawHubConnection? _connection;
    private long _completed;

    public long ChatId => chatId;

    public SendLog Log { get; } = new();

    /// <summary>Since the start: messages that everybody has.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    public void Start(RawHubConnection connection)
    {
        _connection = connection;
        for (var i = 0; i < options.Window; i++) Send();
    }

    /// <summary>A part of the message came, on whatever thread.</summary>
    public void Happened(int number)
    {
        if (Log.Happened(number) != parts) return;
        Interlocked.Increment(ref _completed);
        if (phase.IsSending) Send();
    }

    private void Send()
    {
        lock (_gate)
        {
            var number = Log.Add(Stopwatch.GetTimestamp());
            _connection!.Write(_frame.For(number, SendLog.IdOf(client: 0, number)));
        }
        _connection!.Flush();
    }
}

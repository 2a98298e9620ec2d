namespace Chat.Server.Tests.Properties;

/// <summary>
/// A direct chat of two people: what either reads while one of them has read receipts off is told to the other neither in an answer nor in an
/// event, as long as it stays so.
/// </summary>
/// <param name="toldLonger">How long after it was switched off marks may still be told.</param>
internal sealed class DirectReading(long chatId, Person one, Person other, TimeSpan toldLonger, Findings findings)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, long> _marked = [];
    private readonly Dictionary<long, long> _told = [];

    public long ChatId => chatId;

    /// <summary>What makes that marks are not told now; null when they may be.</summary>
    public Fact<bool>? Hidden => OffOf(one) ?? OffOf(other);

    /// <summary>Somebody begins to mark.</summary>
    public void Marks(long userId, long upTo)
    {
        lock (_gate)
        {
            _marked[userId] = Math.Max(_marked.GetValueOrDefault(userId), upTo);
            if (Hidden is null) _told[userId] = _marked[userId];
        }
    }

    /// <summary>Receipts are being switched on or off: from now on, what was marked until now may be told.</summary>
    public void Tells()
    {
        lock (_gate)
            foreach (var (userId, upTo) in _marked) _told[userId] = upTo;
    }

    /// <summary>An event.</summary>
    public void Heard(Person listener, ReceiptView receipt)
    {
        if (receipt.UserId == listener.UserId) return;
        lock (_gate)
            if (Hidden is not null && receipt.ReadUpTo > _told.GetValueOrDefault(receipt.UserId))
                findings.Fault($"{listener.Name} hears that {receipt.UserId} read chat {chatId} up to {receipt.ReadUpTo}, with receipts off.");
    }

    /// <param name="asked">What was <see cref="Hidden"/> when it was asked for.</param>
    /// <param name="readUpTo">Of the other one.</param>
    public void Answered(Person reader, Fact<bool>? asked, long readUpTo)
    {
        if (readUpTo > 0 && asked is not null && ReferenceEquals(asked, Hidden))
            findings.Fault($"{reader.Name} is answered that the other one read chat {chatId} up to {readUpTo}, with receipts off.");
    }

    private Fact<bool>? OffOf(Person person) => person.ReadReceipts.Fact is { Value: false } off && off.IsOlderThan(toldLonger) ? off : null;
}

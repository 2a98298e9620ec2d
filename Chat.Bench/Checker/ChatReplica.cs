namespace Chat.Bench.Checker;

/// <summary>
/// One client's copy of one chat, kept by the rules of docs/protocol.md: what comes next is applied, what is known is ignored,
/// what lies behind a hole waits. Finds two messages under one id. Not for several threads.
/// </summary>
public sealed class ChatReplica(long chatId)
{
    private readonly List<SeenMessage> _messages = [];
    private readonly SortedDictionary<long, SeenMessage> _aside = [];

    public long ChatId => chatId;

    /// <summary>The id up to which the client has everything.</summary>
    public long UpTo { get; private set; }

    /// <summary>Whether something waits behind a hole.</summary>
    public bool HasGap => _aside.Count > 0;

    public IReadOnlyList<SeenMessage> Messages => _messages;

    /// <summary>How often it was told of a message, known or not.</summary>
    public long Told { get; private set; }

    /// <summary>A message that was pushed, or the result of a send of one's own.</summary>
    /// <returns>Null, or how it contradicts what the client has.</returns>
    public Contradiction? Apply(SeenMessage message)
    {
        Told++;
        var known = Find(message.MessageId);
        if (known is null && message.MessageId > UpTo)
        {
            _aside.Add(message.MessageId, message);
            TakeFromAside();
            return null;
        }
        return known == message ? null : Contradict(known, message);
    }

    /// <summary>An answer of the server that accounts for all up to <paramref name="upTo"/>.</summary>
    public IReadOnlyList<Contradiction> ApplyAnswer(IEnumerable<SeenMessage> messages, long upTo)
    {
        var contradictions = new List<Contradiction>();
        foreach (var message in messages)
        {
            if (message.MessageId <= UpTo || Find(message.MessageId) is not null)
            {
                if (Apply(message) is { } contradiction) contradictions.Add(contradiction);
            }
            else
            {
                Told++;
                _aside.Add(message.MessageId, message);
            }
        }
        // Whatever the answer leaves out up to there is nothing that this client may see.
        while (_aside.Count > 0 && _aside.First() is var next && next.Key <= upTo) Take(next.Value);
        UpTo = Math.Max(UpTo, upTo);
        TakeFromAside();
        return contradictions;
    }

    public ClientView ToView() => new(chatId, [.. _messages]);

    private void TakeFromAside()
    {
        while (_aside.TryGetValue(UpTo + 1, out var next)) Take(next);
    }

    private void Take(SeenMessage message)
    {
        _messages.Add(message);
        _aside.Remove(message.MessageId);
        UpTo = message.MessageId;
    }

    private SeenMessage? Find(long messageId)
    {
        if (_aside.TryGetValue(messageId, out var aside)) return aside;
        var (low, high) = (0, _messages.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var id = _messages[middle].MessageId;
            if (id == messageId) return _messages[middle];
            if (id < messageId) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    private Contradiction Contradict(SeenMessage? known, SeenMessage told) => new(
        CheckRules.OneMessagePerId,
        known is null
            ? $"chat {chatId}: message {told.MessageId} appeared after an answer had accounted for that id without it"
            : $"chat {chatId}: {known} and then {told}");
}

namespace Chat.Bench.Checker;

/// <summary>What the clients of a run did and saw. Positions in time are numbers of one clock of the client: only their order counts.</summary>
public sealed record RunRecord(IReadOnlyList<ClientRecord> Clients)
{
    /// <summary>Null where it was not watched.</summary>
    public CalmRecord? Calm { get; init; }

    /// <summary>Null where nobody watched anybody.</summary>
    public PresenceRecord? Presence { get; init; }

    /// <summary>The longest that a client may be without a connection; null where a run sets no limit.</summary>
    public TimeSpan? AwayLimit { get; init; }
}

/// <param name="Sent">In the order of <see cref="SentMessage.FirstSentAt"/>.</param>
/// <param name="Views">One for each chat that the client has, as it stood after everything had been synced.</param>
/// <param name="Marks">The highest watermarks that it was ever told of.</param>
/// <param name="Contradictions">What it found by itself while it ran.</param>
/// <param name="Compared">How many things it held against a rule by itself, by rule.</param>
public sealed record ClientRecord(
    string Name,
    long UserId,
    IReadOnlyList<SentMessage> Sent,
    IReadOnlyList<ClientView> Views,
    IReadOnlyList<SeenMarks> Marks,
    IReadOnlyList<Contradiction> Contradictions,
    IReadOnlyDictionary<string, long> Compared)
{
    /// <summary>The longest time from the end of a connection until the next one was set up, where the client wanted one.</summary>
    public TimeSpan LongestAway { get; init; }
}

/// <param name="Attempts">How often it was sent, the first time included.</param>
/// <param name="Acknowledgement">Null when no attempt was answered with a result.</param>
/// <param name="Text">Null where it was not kept; then the stored text is not compared.</param>
public readonly record struct SentMessage(
    long ChatId, Guid ClientMessageId, long FirstSentAt, int Attempts, Acknowledgement? Acknowledgement, string? Text = null);

public readonly record struct Acknowledgement(long MessageId, long At);

/// <param name="Messages">In the order in which the client shows them.</param>
public sealed record ClientView(long ChatId, IReadOnlyList<SeenMessage> Messages);

/// <param name="ClientMessageId">All zeros on system messages.</param>
public readonly record struct SeenMessage(long MessageId, long SenderId, Guid ClientMessageId);

/// <param name="UserId">Or <see cref="TheOthers"/>.</param>
public readonly record struct SeenMarks(long ChatId, long UserId, long DeliveredUpTo, long ReadUpTo)
{
    /// <summary>Stands for the lowest marks among everybody but the client itself.</summary>
    public const long TheOthers = 0;
}

/// <summary>Two things that a client was told and that cannot both be true.</summary>
/// <param name="Rule">One of <see cref="CheckRules"/>.</param>
public sealed record Contradiction(string Rule, string Text);

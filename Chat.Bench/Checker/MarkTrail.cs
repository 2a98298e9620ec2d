namespace Chat.Bench.Checker;

/// <summary>
/// What one client is told of watermarks. An answer to a call must not lie behind what the client had been told before it
/// asked; a push may be late, and says only that the database was that far. Not for several threads.
/// </summary>
public sealed class MarkTrail
{
    private readonly Dictionary<(long ChatId, long UserId), Position> _seen = [];

    /// <summary>The highest that was told, by chat and user.</summary>
    public IReadOnlyList<SeenMarks> Seen =>
        [.. _seen.Select(s => new SeenMarks(s.Key.ChatId, s.Key.UserId, s.Value.DeliveredUpTo, s.Value.ReadUpTo))];

    /// <summary>What is known of the other one in a direct chat, whether told of them or of "the others".</summary>
    public SeenMarks KnownOf(long chatId, long userId)
    {
        var known = PositionOf(chatId, userId).Max(PositionOf(chatId, SeenMarks.TheOthers));
        return new SeenMarks(chatId, userId, known.DeliveredUpTo, known.ReadUpTo);
    }

    /// <summary>Answers that were compared.</summary>
    public long Answers { get; private set; }

    public void Pushed(long chatId, long userId, long deliveredUpTo, long readUpTo) =>
        _seen[(chatId, userId)] = PositionOf(chatId, userId).Max(new Position(deliveredUpTo, readUpTo));

    /// <summary>To be taken when a call is made, for <see cref="Answered"/>.</summary>
    public Question Ask(long chatId, long userId) => new(chatId, userId, PositionOf(chatId, userId));

    /// <returns>Null, or how the answer contradicts what was told before the question.</returns>
    public Contradiction? Answered(Question question, long deliveredUpTo, long readUpTo)
    {
        var (chatId, userId, before) = question;
        Answers++;
        Pushed(chatId, userId, deliveredUpTo, readUpTo);
        return deliveredUpTo >= before.DeliveredUpTo && readUpTo >= before.ReadUpTo
            ? null
            : new Contradiction(
                CheckRules.MarksForward,
                $"chat {chatId}, {(userId == SeenMarks.TheOthers ? "the others" : $"user {userId}")}: delivered {deliveredUpTo}, read {readUpTo} after {before.DeliveredUpTo}, {before.ReadUpTo}");
    }

    private Position PositionOf(long chatId, long userId) => _seen.GetValueOrDefault((chatId, userId));

    public readonly record struct Question(long ChatId, long UserId, Position Before);

    public readonly record struct Position(long DeliveredUpTo, long ReadUpTo)
    {
        public Position Max(Position other) =>
            new(Math.Max(DeliveredUpTo, other.DeliveredUpTo), Math.Max(ReadUpTo, other.ReadUpTo));
    }
}

using System.Data.Common;

namespace Chat.Data.Messages;

/// <summary>What messages show that is not the same for everybody, and stands elsewhere: one's own marks on them, and the heads of what they answer.</summary>
internal sealed class ReadersPart
{
    private readonly OwnMarks _own;
    private readonly Quotes _quotes;

    private ReadersPart(OwnMarks own, Quotes quotes) => (_own, _quotes) = (own, quotes);

    public static bool IsIn(IEnumerable<MessageRow> rows) => OwnMarks.AreIn(rows) || Quotes.AreIn(rows);

    public static async Task<ReadersPart> FindAsync(DbConnection connection, long userId, IEnumerable<MessageRow> rows) =>
        new(await OwnMarks.FindAsync(connection, userId, rows), await Quotes.FindAsync(connection, userId, rows));

    public IReadOnlyList<MessageRow> On(IReadOnlyList<MessageRow> rows) => [.. rows.Select(On)];

    public MessageRow On(MessageRow row) => _quotes.On(_own.On(row));
}

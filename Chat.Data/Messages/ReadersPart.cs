using System.Data.Common;
using Chat.Data.Channels;

namespace Chat.Data.Messages;

/// <summary>
/// What messages show that is not the same for everybody or at all times, and stands elsewhere: one's own marks on them, the heads of what they
/// answer, how many have seen them.
/// </summary>
internal sealed class ReadersPart
{
    private readonly OwnMarks _own;
    private readonly Quotes _quotes;

    private readonly PostViews _views;

    private ReadersPart(OwnMarks own, Quotes quotes, PostViews views) => (_own, _quotes, _views) = (own, quotes, views);

    public static bool IsIn(IEnumerable<MessageRow> rows) => OwnMarks.AreIn(rows) || Quotes.AreIn(rows) || PostViews.AreIn(rows);

    public static async Task<ReadersPart> FindAsync(DbConnection connection, long userId, IEnumerable<MessageRow> rows) =>
        new(
            await OwnMarks.FindAsync(connection, userId, rows), await Quotes.FindAsync(connection, userId, rows), await PostViews.FindAsync(connection, rows));

    public IReadOnlyList<MessageRow> On(IReadOnlyList<MessageRow> rows) => [.. rows.Select(On)];

    public MessageRow On(MessageRow row) => _views.On(_quotes.On(_own.On(row)));
}

using System.Data.Common;
using Chat.Data.Channels;

namespace Chat.Data.Messages;

/// <summary>
/// What messages show that is not the same for everybody or at all times, and stands elsewhere: one's own marks on them, the heads of what they
/// answer, how many have seen them.
/// </summary>
internal sealed class ReadersPart
{
    private static readonly ReadersPart None = new(null);

    private readonly (OwnMarks Own, Quotes Quotes, PostViews Views)? _parts;

    private ReadersPart((OwnMarks Own, Quotes Quotes, PostViews Views)? parts) => _parts = parts;

    public static bool IsIn(IEnumerable<MessageRow> rows) => OwnMarks.AreIn(rows) || Quotes.AreIn(rows) || PostViews.AreIn(rows);

    public static async Task<ReadersPart> FindAsync(DbConnection connection, long userId, IEnumerable<MessageRow> rows) =>
        IsIn(rows)
            ? new ReadersPart((
                await OwnMarks.FindAsync(connection, userId, rows),
                await Quotes.FindAsync(connection, userId, rows),
                await PostViews.FindAsync(connection, rows)))
            : None;

    public IReadOnlyList<MessageRow> On(IReadOnlyList<MessageRow> rows) => _parts is null ? rows : [.. rows.Select(On)];

    public MessageRow On(MessageRow row) => _parts is var (own, quotes, views) ? views.On(quotes.On(own.On(row))) : row;
}

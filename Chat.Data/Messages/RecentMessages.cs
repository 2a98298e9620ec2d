using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Chat.Data.Chats;

namespace Chat.Data.Messages;

/// <summary>
/// The newest messages of chats that somebody has asked for, so that the next one who comes back need not read them again. Nothing here is
/// believed: every use brings the version of the chat that it has just read from the database, and finds only what was read at that version.
/// So no node has to tell another of anything. What one person may not see of them is not decided here.
/// </summary>
/// <param name="maxBytes">About how much memory they may take; half of it is what was used last.</param>
public sealed class RecentMessages(TimeProvider time, long maxBytes)
{
    /// <summary>More of one chat are not kept.</summary>
    internal const int MaxTail = 100;

    /// <summary>As rosters. A version that is the same by chance, after a database was put back, misleads for no longer.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Dictionary<long, Tail> _young = [];
    private Dictionary<long, Tail> _old = [];
    private long _youngBytes;
    private long _hits;
    private long _misses;

    /// <summary>Nothing is kept.</summary>
    internal static RecentMessages None { get; } = new(TimeProvider.System, maxBytes: 0);

    /// <summary>Tails that were found since the start.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Tails that had to be read from the database.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <returns>All messages of the chat from this id on, perhaps with some before it.</returns>
    internal bool TryFind(long chatId, ChatVersion version, long from, [NotNullWhen(true)] out IReadOnlyList<MessageRow>? rows)
    {
        lock (_gate)
        {
            if (!_young.TryGetValue(chatId, out var tail) && _old.TryGetValue(chatId, out tail)) Add(chatId, tail);
            rows = tail is not null && Has(tail, version, from) ? tail.Rows : null;
        }
        Interlocked.Increment(ref rows is null ? ref _misses : ref _hits);
        return rows is not null;
    }

    /// <param name="version">Read before the rows, through the same connection: they may be newer, and never older.</param>
    /// <param name="rows">All of the chat from <paramref name="from"/> to the last one that the version counts, ascending. Messages that end are for
    /// the database alone, by whose clock they do; so are those that were withheld, since what becomes of them the version does not count.</param>
    internal void Keep(long chatId, ChatVersion version, long from, IReadOnlyList<MessageRow> rows)
    {
        if (maxBytes > 0 && rows.Count <= MaxTail && rows.All(row => row.ExpiresAt is null && !WithheldMessages.IsMarked(row.Body)))
            lock (_gate)
            {
                // Another may have read further back.
                if (_young.TryGetValue(chatId, out var known) && Has(known, version, from)) return;
                Add(chatId, new Tail(version, from, rows, time.GetTimestamp()));
            }
    }

    private bool Has(Tail tail, ChatVersion version, long from) =>
        tail.Version == version && tail.From <= from && time.GetElapsedTime(tail.ReadAt) < Lifetime;

    /// <summary>Who was not asked for since the last time that half of the memory was full is forgotten.</summary>
    private void Add(long chatId, Tail tail)
    {
        if (_young.Remove(chatId, out var before)) _youngBytes -= before.Bytes;
        _young.Add(chatId, tail);
        _youngBytes += tail.Bytes;
        if (_youngBytes <= maxBytes / 2) return;
        (_old, _young, _youngBytes) = (_young, [], 0);
    }

    // {0}: ranges. All of the rows, whoever asks.
    private const string RangesSql = $$"""
        SELECT {{MessageColumns.OfM}}
        FROM messages m FORCE INDEX (PRIMARY)
        WHERE {0}
        ORDER BY m.chat_id, m.message_id
        """;

    /// <summary>A statement for what is to be kept. The bounds stand in the text as numbers, so that each is a range to the optimizer.</summary>
    internal static string RangesOf(IEnumerable<(long ChatId, long From, long UpTo)> tails)
    {
        var ranges = new StringBuilder();
        foreach (var (chatId, from, upTo) in tails)
            ranges.Append(ranges.Length == 0 ? "" : " OR ").Append(
                CultureInfo.InvariantCulture, $"(m.chat_id = {chatId} AND m.message_id BETWEEN {from} AND {upTo})");
        return RangesSql.Replace("{0}", ranges.ToString(), StringComparison.Ordinal);
    }

    private sealed record Tail(ChatVersion Version, long From, IReadOnlyList<MessageRow> Rows, long ReadAt)
    {
        public long Bytes { get; } = 200 + Rows.Sum(row => 300L + (2 * ((row.MessageText?.Length ?? 0) + (row.Body?.Length ?? 0) + (row.Reactions?.Length ?? 0))));
    }
}

using System.Data.Common;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>Messages below and above an id, each side ascending.</summary>
internal sealed record TwoPages(IReadOnlyList<MessageRow> Older, IReadOnlyList<MessageRow> Newer);

/// <summary>
/// Pages of history to be read from a replica, with the proof that it has them. The participant's right and what of the chat
/// they may see come with the position, from the primary.
/// </summary>
/// <param name="Before">The newest <paramref name="Older"/> messages below this id.</param>
/// <param name="After">The oldest <paramref name="Newer"/> messages above this id.</param>
internal sealed record ReplicaPages(long ChatId, long UserId, long Before, int Older, long After, int Newer)
{
    // The head is read first: whatever it counts is in the pages behind it, since a replica, too, commits it together with
    // the messages and changes. A side that is not wanted costs nothing (LIMIT 0).
    private const string Sql = $"""
        SELECT c.last_message_id, c.last_change_id, p.last_hide_id
        FROM chats c
        JOIN chat_participants p ON p.chat_id = c.chat_id AND p.user_id = @UserId
        WHERE c.chat_id = @ChatId;
        SELECT {MessageColumns.OfM}
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id >= @VisibleFrom AND m.message_id < @Before AND {MessageColumns.NotHiddenFromUser}
        ORDER BY m.message_id DESC
        LIMIT @Older;
        SELECT {MessageColumns.OfM}
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id >= @VisibleFrom AND m.message_id > @After AND {MessageColumns.NotHiddenFromUser}
        ORDER BY m.message_id
        LIMIT @Newer
        """;

    /// <returns>Null when the replica has not come far enough.</returns>
    public async Task<TwoPages?> ReadAsync(DbConnection connection, ChatPosition position, CancellationToken cancellationToken)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            Sql, new { ChatId, UserId, position.VisibleFrom, Before, Older, After, Newer }, cancellationToken: cancellationToken));
        var head = await results.ReadSingleOrDefaultAsync<Head>();
        var older = (await results.ReadAsync<MessageRow>()).Reverse().ToList();
        var newer = (await results.ReadAsync<MessageRow>()).AsList();
        return head is not null && Has(head, position, newer.Count) ? new TwoPages(older, newer) : null;
    }

    private bool Has(Head head, ChatPosition position, int newerCount)
    {
        if (head.LastChangeId < position.LastChangeId || head.LastHideId < position.LastHideId) return false;
        var hasOlder = Older == 0 || head.LastMessageId >= Math.Min(Before - 1, position.LastMessageId);
        // A full page above an id is complete, however far behind the rest of the chat may be.
        var hasNewer = newerCount == Newer || head.LastMessageId >= position.LastMessageId;
        return hasOlder && hasNewer;
    }

    private sealed record Head(long LastMessageId, long LastChangeId, long LastHideId);
}

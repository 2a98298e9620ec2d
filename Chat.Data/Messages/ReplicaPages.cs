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
internal sealed record ReplicaPages(long ChatId, long Before, int Older, long After, int Newer)
{
    // The head is read first: whatever it counts is in the pages behind it, since a replica, too, commits it together with
    // the messages and changes. A side that is not wanted costs nothing (LIMIT 0).
    private const string Sql = """
        SELECT last_message_id, last_change_id FROM chats WHERE chat_id = @ChatId;
        SELECT chat_id, message_id, sender_id, client_message_id, message_type, message_text, body, sent_at
        FROM messages
        WHERE chat_id = @ChatId AND message_id >= @VisibleFrom AND message_id < @Before
        ORDER BY message_id DESC
        LIMIT @Older;
        SELECT chat_id, message_id, sender_id, client_message_id, message_type, message_text, body, sent_at
        FROM messages
        WHERE chat_id = @ChatId AND message_id >= @VisibleFrom AND message_id > @After
        ORDER BY message_id
        LIMIT @Newer
        """;

    /// <returns>Null when the replica has not come far enough.</returns>
    public async Task<TwoPages?> ReadAsync(DbConnection connection, ChatPosition position, CancellationToken cancellationToken)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            Sql, new { ChatId, position.VisibleFrom, Before, Older, After, Newer }, cancellationToken: cancellationToken));
        var head = await results.ReadSingleOrDefaultAsync<Head>();
        var older = (await results.ReadAsync<MessageRow>()).Reverse().ToList();
        var newer = (await results.ReadAsync<MessageRow>()).AsList();
        return head is not null && Has(head, position, newer.Count) ? new TwoPages(older, newer) : null;
    }

    private bool Has(Head head, ChatPosition position, int newerCount)
    {
        if (head.LastChangeId < position.LastChangeId) return false;
        var hasOlder = Older == 0 || head.LastMessageId >= Math.Min(Before - 1, position.LastMessageId);
        // A full page above an id is complete, however far behind the rest of the chat may be.
        var hasNewer = newerCount == Newer || head.LastMessageId >= position.LastMessageId;
        return hasOlder && hasNewer;
    }

    private sealed record Head(long LastMessageId, long LastChangeId);
}

using Chat.Data.Media;

namespace Chat.Data.Messages;

/// <summary>Takes messages their content and whatever hangs on them, for everybody. Their rows stay: the numbers have no holes.</summary>
internal static class MessageRemoval
{
    private static readonly string[] Statements =
    [
        "DELETE FROM message_edits WHERE chat_id = @ChatId AND message_id IN @MessageIds",
        "DELETE FROM message_reactions WHERE chat_id = @ChatId AND message_id IN @MessageIds",
        "DELETE FROM poll_votes WHERE chat_id = @ChatId AND message_id IN @MessageIds",
        "DELETE FROM pinned_messages WHERE chat_id = @ChatId AND message_id IN @MessageIds",
        MessageMedia.CheckSql,
        MessageMedia.DropSql,
        MessageMentions.DropSql,
        """
        UPDATE messages
        SET message_text = NULL, body = NULL, edited_at = NULL, reactions = NULL, pinned_at = NULL, deleted_at = @Now
        WHERE chat_id = @ChatId AND message_id IN @MessageIds
        """,
    ];

    /// <returns>The messages as they are afterwards, ascending.</returns>
    public static async Task<IReadOnlyList<MessageRow>> RemoveAsync(MessageTransaction change, IReadOnlyList<MessageRow> messages)
    {
        var all = new { MessageIds = messages.Select(message => message.MessageId).ToList() };
        foreach (var sql in Statements) await change.ExecuteAsync(sql, all);
        // A withheld message stays one, also as a tombstone: its tick stays what it is.
        var withheld = messages.Where(message => WithheldMessages.IsMarked(message.Body)).Select(message => message.MessageId).ToList();
        if (withheld.Count > 0) await change.ExecuteAsync(KeepMarkSql, new { MessageIds = withheld, Body = WithheldMessages.Mark(body: null) });

        return
        [
            .. messages.OrderBy(message => message.MessageId).Select(message => message with
            {
                MessageText = null, EditedAt = null, Reactions = null, PinnedAt = null, DeletedAt = change.Now,
                Body = withheld.Contains(message.MessageId) ? WithheldMessages.Mark(body: null) : null,
            }),
        ];
    }

    private const string KeepMarkSql = "UPDATE messages SET body = @Body WHERE chat_id = @ChatId AND message_id IN @MessageIds";
}

namespace Chat.Data.Messages;

/// <summary>
/// Who is named in which message, table <c>message_mentions</c>: statements for the transactions that write, change and delete messages.
/// A row is there while the person may see the message, and it is not deleted.
/// </summary>
internal static class MessageMentions
{
    public const string DropSql = "DELETE FROM message_mentions WHERE chat_id = @ChatId AND message_id IN @MessageIds";

    /// <summary>Those of the actor, who hides the messages.</summary>
    public const string DropOwnSql = """
        DELETE FROM message_mentions WHERE user_id = @ActorId AND chat_id = @ChatId AND message_id IN @MessageIds
        """;

    /// <returns>Those of the people who are in the chat, but the actor, in the order given.</returns>
    public static async Task<IReadOnlyList<long>> PresentAsync(MessageTransaction change, IReadOnlyList<long> userIds)
    {
        if (userIds.Count == 0) return [];
        var present = (await change.RowsAsync<long>(PresentSql, new { UserIds = userIds })).ToHashSet();
        return [.. userIds.Distinct().Where(userId => userId != change.Actor.UserId && present.Contains(userId))];
    }

    // A locking read: see MessageTransaction.
    private const string PresentSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND user_id IN @UserIds AND left_at IS NULL LOCK IN SHARE MODE
        """;

    /// <summary>Only those who see the message get a row.</summary>
    public static async Task ReplaceAsync(MessageTransaction change, long messageId, IReadOnlyList<long> userIds)
    {
        await change.ExecuteAsync(DropSql, new { MessageIds = new[] { messageId } });
        if (userIds.Count > 0) await change.ExecuteAsync(AddSql, new { MessageId = messageId, UserIds = userIds });
    }

    private const string AddSql = """
        INSERT INTO message_mentions (chat_id, message_id, user_id)
        SELECT p.chat_id, @MessageId, p.user_id
        FROM chat_participants p
        WHERE p.chat_id = @ChatId AND p.user_id IN @UserIds AND p.visible_from <= @MessageId
          AND NOT EXISTS (
            SELECT 1 FROM hidden_messages h WHERE h.chat_id = p.chat_id AND h.user_id = p.user_id AND h.message_id = @MessageId)
        """;
}

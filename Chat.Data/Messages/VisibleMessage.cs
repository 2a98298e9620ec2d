namespace Chat.Data.Messages;

/// <summary>Whether somebody sees a message, for what hangs on it in other tables.</summary>
internal static class VisibleMessage
{
    /// <summary>The message's id, where <c>@UserId</c> sees <c>@MessageId</c> of <c>@ChatId</c>.</summary>
    public const string Sql = $"""
        SELECT m.message_id
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id = @MessageId
          AND {MessageColumns.NotHiddenFromUser}
        """;
}

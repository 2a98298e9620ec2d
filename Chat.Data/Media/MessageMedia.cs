namespace Chat.Data.Media;

/// <summary>
/// Which messages hold a file, table <c>message_media</c>: statements for the transactions that write and delete messages.
/// A message that is deleted for all holds nothing any more; what nobody else holds is then collected.
/// </summary>
internal static class MessageMedia
{
    /// <summary>Goes before <see cref="DropSql"/>. A later time stays: another message may be about to hold the file.</summary>
    public const string CheckSql = """
        UPDATE message_media mm
        JOIN media m ON m.media_id = mm.media_id
        SET m.check_after = GREATEST(COALESCE(m.check_after, @Now), @Now)
        WHERE mm.chat_id = @ChatId AND mm.message_id IN @MessageIds
        """;

    public const string DropSql = "DELETE FROM message_media WHERE chat_id = @ChatId AND message_id IN @MessageIds";
}

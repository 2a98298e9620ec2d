using System.Data.Common;
using Chat.Data.Search;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>
/// Numbers what becomes of withheld messages. They are there for their sender alone, so a number of the chat's would tell whoever blocked the
/// sender that something happened: they are numbered with what the sender has hidden, which nobody else is told.
/// </summary>
internal sealed class WithheldChanges(DbConnection connection, DbTransaction transaction, long chatId, DateTime now)
{
    /// <summary>A message's changes count up by themselves: states of it compare, and no others.</summary>
    public static long NumberAfter(MessageRow message) => message.LastChangeId + 1;

    /// <param name="after">The messages as they are now, ascending, at least one.</param>
    public async Task<IReadOnlyList<MessageChange>> RecordAsync(string kind, long actorId, IReadOnlyList<MessageRow> after)
    {
        var changes = new List<MessageChange>();
        foreach (var sent in after.GroupBy(message => message.SenderId).OrderBy(sent => sent.Key))
        {
            // A locking read: a snapshot may be older than the lock of the chat.
            var hideId = await connection.ExecuteScalarAsync<long>(LastHideSql, new { ChatId = chatId, UserId = sent.Key }, transaction);
            var messageIds = sent.Select(message => message.MessageId).ToList();
            var own = new { ChatId = chatId, UserId = sent.Key, HideId = hideId, MessageIds = messageIds, messageIds.Count, Kind = kind, Now = now };
            await connection.ExecuteAsync(CountSql, own, transaction);
            await connection.ExecuteAsync(RecordSql, own, transaction);
            await connection.ExecuteAsync(TouchSql, own, transaction);
            var audience = new ChangeAudience([sent.Key], []);
            changes.AddRange(sent.Select(message =>
                new MessageChange(chatId, 0, kind, actorId, message with { LastChangeId = NumberAfter(message) }, audience) { HideId = ++hideId }));
        }
        // The index follows the numbers of the chat, so it would not come by.
        if (kind != ChangeKinds.Reaction) await SearchIndexRepository.RewriteAsync(connection, transaction, chatId, after.Select(message => message.MessageId));
        return changes;
    }

    private const string LastHideSql = "SELECT last_hide_id FROM chat_participants WHERE chat_id = @ChatId AND user_id = @UserId FOR UPDATE";

    private const string CountSql = """
        UPDATE chat_participants SET last_hide_id = last_hide_id + @Count WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    private const string RecordSql = """
        INSERT INTO withheld_changes (chat_id, user_id, hide_id, message_id, change_kind, changed_at)
        SELECT m.chat_id, @UserId, @HideId + ROW_NUMBER() OVER (ORDER BY m.message_id), m.message_id, @Kind, @Now
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id IN @MessageIds
        """;

    private const string TouchSql = """
        UPDATE messages SET last_change_id = last_change_id + 1 WHERE chat_id = @ChatId AND message_id IN @MessageIds
        """;
}

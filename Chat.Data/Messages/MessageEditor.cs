using Chat.Data.Media;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>Changes messages that are stored; the contract stands at <see cref="IMessageEditor"/>.</summary>
public sealed class MessageEditor(ChatDatabase database, IMessageAppender appender, TimeProvider time) : IMessageEditor
{
    public Task<ChangeResult> EditAsync(long chatId, long actorId, long messageId, string text, DateTime notBefore) =>
        ChangeAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var message = await change.FindAsync(messageId);
            var outcome = message is null ? ChangeOutcome.MessageNotFound
                : message.SenderId != actorId || !change.Actor.May(ChatAction.EditOwnMessage) ? ChangeOutcome.Forbidden
                : message.MessageType != NewMessage.PlainText || message.DeletedAt is not null ? ChangeOutcome.WrongType
                : message.MessageText == text ? ChangeOutcome.Unchanged
                : message.SentAt < notBefore ? ChangeOutcome.TooLate
                : ChangeOutcome.Done;
            if (outcome is not ChangeOutcome.Done) return new ChangeResult(outcome);

            await change.ExecuteAsync(
                KeepVersionSql, messageId, new { Text = message!.MessageText, WrittenAt = message.EditedAt ?? message.SentAt });
            await change.ExecuteAsync(EditSql, messageId, new { Text = text });
            return new ChangeResult(
                outcome, await change.RecordAsync(message with { MessageText = text, EditedAt = change.Now }, ChangeKinds.Edited));
        });

    private const string KeepVersionSql = """
        INSERT INTO message_edits (chat_id, message_id, change_id, message_text, written_at)
        VALUES (@ChatId, @MessageId, @ChangeId, @Text, @WrittenAt)
        """;

    private const string EditSql = """
        UPDATE messages SET message_text = @Text, edited_at = @Now WHERE chat_id = @ChatId AND message_id = @MessageId
        """;

    public Task<DeletionResult> DeleteAsync(long chatId, long actorId, IReadOnlyList<long> messageIds, DateTime notBefore) =>
        ChangeAsync(chatId, actorId, new DeletionResult(ChangeOutcome.NotFound, 0, 0), async change =>
        {
            var messages = new List<MessageRow>();
            foreach (var messageId in messageIds)
            {
                var message = await change.FindAsync(messageId);
                var outcome = message is null ? ChangeOutcome.MessageNotFound
                    : message.DeletedAt is not null ? ChangeOutcome.Unchanged
                    : message.MessageType == "system" ? ChangeOutcome.WrongType
                    : change.Actor.May(ChatAction.DeleteOthersMessage) ? ChangeOutcome.Done
                    : message.SenderId != actorId ? ChangeOutcome.Forbidden
                    : message.SentAt < notBefore ? ChangeOutcome.TooLate
                    : ChangeOutcome.Done;
                if (outcome is ChangeOutcome.Done) messages.Add(message!);
                else if (outcome is not ChangeOutcome.Unchanged) return new DeletionResult(outcome, messageId, 0);
            }
            var lastChangeId = 0L;
            foreach (var message in messages) lastChangeId = await DeleteAsync(change, message);
            return new DeletionResult(messages.Count == 0 ? ChangeOutcome.Unchanged : ChangeOutcome.Done, 0, lastChangeId);
        });

    private static async Task<long> DeleteAsync(MessageTransaction change, MessageRow message)
    {
        await change.ExecuteAsync(DeleteVersionsSql, message.MessageId);
        await change.ExecuteAsync(DeleteReactionsSql, message.MessageId);
        await change.ExecuteAsync(MessageMedia.CheckSql, message.MessageId);
        await change.ExecuteAsync(MessageMedia.DropSql, message.MessageId);
        await change.ExecuteAsync(DeleteSql, message.MessageId);
        var after = message with { MessageText = null, Body = null, EditedAt = null, Reactions = null, DeletedAt = change.Now };
        return await change.RecordAsync(after, ChangeKinds.Deleted);
    }

    private const string DeleteVersionsSql = "DELETE FROM message_edits WHERE chat_id = @ChatId AND message_id = @MessageId";

    private const string DeleteReactionsSql = "DELETE FROM message_reactions WHERE chat_id = @ChatId AND message_id = @MessageId";

    private const string DeleteSql = """
        UPDATE messages
        SET message_text = NULL, body = NULL, edited_at = NULL, reactions = NULL, deleted_at = @Now
        WHERE chat_id = @ChatId AND message_id = @MessageId
        """;

    public Task<HidingResult> HideAsync(long chatId, long actorId, IReadOnlyList<long> messageIds) =>
        ChangeAsync(chatId, actorId, new HidingResult(ChangeOutcome.NotFound, 0, []), async change =>
        {
            var hideId = change.Actor.LastHideId;
            var hidden = new List<long>();
            foreach (var messageId in messageIds)
            {
                if (await change.FindAsync(messageId) is null) continue;
                await change.ExecuteAsync(HideSql, messageId, new { HideId = ++hideId });
                hidden.Add(messageId);
            }
            if (hidden.Count == 0) return new HidingResult(ChangeOutcome.Unchanged, hideId, hidden);
            await change.ExecuteAsync(CountHidingsSql, 0, new { HideId = hideId });
            return new HidingResult(ChangeOutcome.Done, hideId, hidden);
        });

    private const string HideSql = """
        INSERT INTO hidden_messages (chat_id, user_id, message_id, hide_id) VALUES (@ChatId, @ActorId, @MessageId, @HideId)
        """;

    private const string CountHidingsSql = """
        UPDATE chat_participants SET last_hide_id = @HideId WHERE chat_id = @ChatId AND user_id = @ActorId
        """;

    public Task<IReadOnlyList<MessageVersionRow>?> ListVersionsAsync(
        long chatId, long userId, long messageId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<MessageVersionRow>?>(async connection =>
        {
            var asked = new { ChatId = chatId, UserId = userId, MessageId = messageId, Limit = limit };
            if (await connection.ExecuteScalarAsync<long?>(SeesSql, asked) is null) return null;
            return (await connection.QueryAsync<MessageVersionRow>(ListVersionsSql, asked)).AsList();
        }, cancellationToken);

    private const string SeesSql = $"""
        SELECT m.message_id
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id = @MessageId
          AND {MessageColumns.NotHiddenFromUser}
        """;

    private const string ListVersionsSql = """
        SELECT message_text, written_at
        FROM message_edits
        WHERE chat_id = @ChatId AND message_id = @MessageId
        ORDER BY change_id
        LIMIT @Limit
        """;

    private Task<T> ChangeAsync<T>(long chatId, long actorId, T notFound, Func<MessageTransaction, Task<T>> work) =>
        appender.ChangeAsync(chatId, leaving: [], async (connection, transaction) =>
        {
            var change = await MessageTransaction.LockAsync(connection, transaction, chatId, actorId, time.GetUtcNow().UtcDateTime);
            return change is null ? new Change<T>(notFound, [], []) : await change.FinishAsync(await work(change));
        });
}

using Chat.Data.Administration;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>Changes messages that are stored; the contract stands at <see cref="IMessageEditor"/>.</summary>
public sealed class MessageEditor(ChatDatabase database, IMessageAppender appender, TimeProvider time) : IMessageEditor
{
    private readonly MessageChanges _changes = new(appender, time);

    public Task<ChangeResult> EditAsync(
        long chatId, long actorId, long messageId, string? text, IReadOnlyList<long> mentions, DateTime notBefore) =>
        _changes.RunAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var message = (await change.FindAsync([messageId])).SingleOrDefault();
            var outcome = message is null ? ChangeOutcome.MessageNotFound
                : !change.IsOwn(message) || !change.Actor.May(ChatAction.EditOwnMessage) ? ChangeOutcome.Forbidden
                : !HasEditableText(message) ? ChangeOutcome.WrongType
                : text is null && message.MessageType == NewMessage.PlainText ? ChangeOutcome.NeedsText
                : ChangeOutcome.Done;
            if (outcome is not ChangeOutcome.Done) return new ChangeResult(outcome);

            var body = MessageBody.Read(message!.Body) ?? MessageBody.Empty;
            var named = text is null ? [] : await MessageMentions.PresentAsync(change, mentions);
            if (message.MessageText == text && (body.Mentions ?? []).SequenceEqual(named)) return new ChangeResult(ChangeOutcome.Unchanged);
            if (message.SentAt < notBefore) return new ChangeResult(ChangeOutcome.TooLate);

            var after = message with
            {
                MessageText = text, EditedAt = change.Now, Body = (body with { Mentions = named.Count > 0 ? named : null }).Write(),
            };
            await change.ExecuteAsync(
                KeepVersionSql,
                new { MessageId = messageId, EditId = change.NextChangeIdOf(message), Text = message.MessageText ?? "", WrittenAt = message.EditedAt ?? message.SentAt });
            await change.ExecuteAsync(EditSql, new { MessageId = messageId, Text = text, after.Body });
            if (!(body.Mentions ?? []).SequenceEqual(named)) await MessageMentions.ReplaceAsync(change, messageId, body.Withheld is true ? [] : named);
            return new ChangeResult(outcome, await change.RecordAsync(ChangeKinds.Edited, after));
        });

    /// <summary>Texts, and what has a caption or may be given one.</summary>
    private static bool HasEditableText(MessageRow message) =>
        message.DeletedAt is null && (message.MessageType == NewMessage.PlainText || NewMessage.MediaTypes.Contains(message.MessageType));

    private const string KeepVersionSql = """
        INSERT INTO message_edits (chat_id, message_id, change_id, message_text, written_at)
        VALUES (@ChatId, @MessageId, @EditId, @Text, @WrittenAt)
        """;

    private const string EditSql = """
        UPDATE messages SET message_text = @Text, body = @Body, edited_at = @Now WHERE chat_id = @ChatId AND message_id = @MessageId
        """;

    public Task<DeletionResult> DeleteAsync(long chatId, long actorId, IReadOnlyList<long> messageIds, DateTime notBefore) =>
        _changes.RunAsync(chatId, actorId, new DeletionResult(ChangeOutcome.NotFound, 0), async change =>
        {
            var found = (await change.FindAsync(messageIds)).ToDictionary(message => message.MessageId);
            var messages = new List<MessageRow>();
            foreach (var messageId in messageIds)
            {
                var message = found.GetValueOrDefault(messageId);
                var outcome = message is null ? ChangeOutcome.MessageNotFound
                    : message.DeletedAt is not null ? ChangeOutcome.Unchanged
                    : message.IsSystem ? ChangeOutcome.WrongType
                    : change.Actor.May(ChatAction.DeleteOthersMessage) ? ChangeOutcome.Done
                    : !change.IsOwn(message) ? ChangeOutcome.Forbidden
                    : message.SentAt < notBefore ? ChangeOutcome.TooLate
                    : ChangeOutcome.Done;
                if (outcome is ChangeOutcome.Done) messages.Add(message!);
                else if (outcome is not ChangeOutcome.Unchanged) return new DeletionResult(outcome, messageId);
            }
            return messages.Count == 0
                ? new DeletionResult(ChangeOutcome.Unchanged, 0)
                : new DeletionResult(ChangeOutcome.Done, 0, await change.RecordAsync(ChangeKinds.Deleted, await MessageRemoval.RemoveAsync(change, messages)));
        });

    public Task<DeletionResult> DeleteByAdminAsync(long chatId, long messageId, AdminAction action) =>
        appender.ChangeAsync(chatId, leaving: [], async (connection, transaction) =>
        {
            var change = await MessageTransaction.LockAsync(connection, transaction, chatId, actorId: null, action.Now);
            if (change is null) return new Change<DeletionResult>(new DeletionResult(ChangeOutcome.NotFound, messageId), [], []);
            var message = (await change.FindAsync([messageId])).SingleOrDefault();
            var outcome = message is null ? ChangeOutcome.MessageNotFound
                : message.IsSystem ? ChangeOutcome.WrongType
                : message.DeletedAt is not null ? ChangeOutcome.Unchanged
                : ChangeOutcome.Done;
            if (outcome is not ChangeOutcome.Done) return new Change<DeletionResult>(new DeletionResult(outcome, messageId), [], []);
            await AdministrationRepository.RecordAsync(connection, transaction, action);
            return await change.FinishAsync(new DeletionResult(outcome, 0, await change.RecordAsync(ChangeKinds.Deleted, await MessageRemoval.RemoveAsync(change, [message!]))));
        });

    public Task<HidingResult> HideAsync(long chatId, long actorId, IReadOnlyList<long> messageIds) =>
        _changes.RunAsync(chatId, actorId, new HidingResult(ChangeOutcome.NotFound, 0, []), async change =>
        {
            // A change of a post is pushed to everybody who reads the channel, so nobody can have it away for themselves.
            if (change.Actor.IsInChannel) return new HidingResult(ChangeOutcome.Forbidden, 0, []);
            var hidden = (await change.FindAsync(messageIds)).Select(message => message.MessageId).ToList();
            if (hidden.Count == 0) return new HidingResult(ChangeOutcome.Unchanged, change.Actor.LastHideId, hidden);
            var hideId = change.Actor.LastHideId + hidden.Count;
            await change.ExecuteAsync(HideSql, new { MessageIds = hidden, change.Actor.LastHideId });
            await change.ExecuteAsync(CountHidingsSql, new { HideId = hideId });
            await change.ExecuteAsync(MessageMentions.DropOwnSql, new { MessageIds = hidden });
            return new HidingResult(ChangeOutcome.Done, hideId, hidden);
        });

    private const string HideSql = """
        INSERT INTO hidden_messages (chat_id, user_id, message_id, hide_id)
        SELECT m.chat_id, @ActorId, m.message_id, @LastHideId + ROW_NUMBER() OVER (ORDER BY m.message_id)
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id IN @MessageIds
        """;

    private const string CountHidingsSql = """
        UPDATE chat_participants SET last_hide_id = @HideId WHERE chat_id = @ChatId AND user_id = @ActorId
        """;

    public Task<IReadOnlyList<MessageVersionRow>?> ListVersionsAsync(
        long chatId, long userId, long messageId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<MessageVersionRow>?>(async connection =>
        {
            var asked = new { ChatId = chatId, UserId = userId, MessageId = messageId, Limit = limit };
            if (await connection.ExecuteScalarAsync<long?>(VisibleMessage.Sql, asked) is null) return null;
            return (await connection.QueryAsync<MessageVersionRow>(ListVersionsSql, asked)).AsList();
        }, cancellationToken);

    private const string ListVersionsSql = """
        SELECT message_text, written_at
        FROM message_edits
        WHERE chat_id = @ChatId AND message_id = @MessageId
        ORDER BY change_id
        LIMIT @Limit
        """;
}

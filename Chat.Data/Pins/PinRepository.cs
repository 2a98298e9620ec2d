using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Pins;

/// <inheritdoc/>
public sealed class PinRepository(ChatDatabase database, IMessageAppender appender, TimeProvider time) : IPinStore
{
    private readonly MessageChanges _changes = new(appender, time);

    public Task<ChangeResult> PinAsync(long chatId, long actorId, long messageId, int maxPinned) =>
        _changes.RunAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var (refusal, message) = await CheckAsync(change, messageId);
            if (refusal is not ChangeOutcome.Done) return new ChangeResult(refusal);
            if (message!.PinnedAt is not null) return new ChangeResult(ChangeOutcome.Unchanged);
            if (await change.ScalarAsync<long>(CountSql, new { }) >= maxPinned) return new ChangeResult(ChangeOutcome.TooMany);

            await change.ExecuteAsync(PinSql, new { MessageId = messageId, PinnedBy = change.Actor.ShownId });
            await change.ExecuteAsync(MarkSql, new { MessageId = messageId, PinnedAt = (DateTime?)change.Now });
            await change.PostAsync(new SystemBody("message_pinned", [], null) { MessageId = messageId });
            return new ChangeResult(ChangeOutcome.Done, await change.RecordAsync(ChangeKinds.Pinned, message with { PinnedAt = change.Now }));
        });

    private const string CountSql = "SELECT COUNT(*) FROM pinned_messages WHERE chat_id = @ChatId";

    private const string PinSql = """
        INSERT INTO pinned_messages (chat_id, message_id, pinned_by, pinned_at) VALUES (@ChatId, @MessageId, @PinnedBy, @Now)
        """;

    private const string MarkSql = "UPDATE messages SET pinned_at = @PinnedAt WHERE chat_id = @ChatId AND message_id = @MessageId";

    public Task<ChangeResult> UnpinAsync(long chatId, long actorId, long messageId) =>
        _changes.RunAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var (refusal, message) = await CheckAsync(change, messageId);
            if (refusal is not ChangeOutcome.Done) return new ChangeResult(refusal);
            if (message!.PinnedAt is null) return new ChangeResult(ChangeOutcome.Unchanged);

            await change.ExecuteAsync(UnpinSql, new { MessageId = messageId });
            await change.ExecuteAsync(MarkSql, new { MessageId = messageId, PinnedAt = (DateTime?)null });
            return new ChangeResult(ChangeOutcome.Done, await change.RecordAsync(ChangeKinds.Unpinned, message with { PinnedAt = null }));
        });

    private const string UnpinSql = "DELETE FROM pinned_messages WHERE chat_id = @ChatId AND message_id = @MessageId";

    private static async Task<(ChangeOutcome Outcome, MessageRow? Message)> CheckAsync(MessageTransaction change, long messageId)
    {
        var message = (await change.FindAsync([messageId])).SingleOrDefault();
        var outcome = message is null ? ChangeOutcome.MessageNotFound
            : !change.Actor.May(ChatAction.Pin) ? ChangeOutcome.Forbidden
            // Of a withheld message the other person must not even learn that it is there.
            : message.IsSystem || message.DeletedAt is not null || WithheldMessages.IsMarked(message.Body) ? ChangeOutcome.WrongType
            : await change.IsBlockedAsync() ? ChangeOutcome.Blocked
            : ChangeOutcome.Done;
        return (outcome, message);
    }

    public Task<IReadOnlyList<PinnedMessage>?> ListAsync(long chatId, long userId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<PinnedMessage>?>(async connection =>
        {
            var asked = new { ChatId = chatId, UserId = userId, Limit = limit };
            if (await connection.ExecuteScalarAsync<long?>(IsInSql, asked) is null) return null;
            var pinned = (await connection.QueryAsync<MessageRow, Pin, PinnedMessage>(
                ListSql, (message, pin) => new PinnedMessage(message, pin.PinnedBy, pin.PinnedAt), asked, splitOn: "pinned_by")).AsList();
            var part = await ReadersPart.FindAsync(connection, userId, pinned.Select(pin => pin.Message));
            return pinned.ConvertAll(pin => pin with { Message = part.On(pin.Message) });
        }, cancellationToken);

    private const string IsInSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND user_id = @UserId AND left_at IS NULL
        """;

    private const string ListSql = $"""
        SELECT {MessageColumns.OfM}, p.pinned_by, p.pinned_at
        FROM chat_participants me
        JOIN pinned_messages p ON p.chat_id = me.chat_id AND p.message_id >= me.visible_from
        JOIN messages m ON m.chat_id = p.chat_id AND m.message_id = p.message_id
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND {MessageColumns.NotHiddenFromUser}
        ORDER BY p.pinned_at DESC, p.message_id DESC
        LIMIT @Limit
        """;

    private sealed record Pin(long PinnedBy, DateTime PinnedAt);
}

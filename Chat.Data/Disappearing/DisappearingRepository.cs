using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Disappearing;

/// <inheritdoc/>
public sealed class DisappearingRepository(ChatDatabase database, IMessageAppender appender, TimeProvider time) : IDisappearingStore
{
    private readonly MessageChanges _changes = new(appender, time);

    public Task<DisappearingResult> SetAsync(long chatId, long actorId, int seconds) =>
        _changes.RunAsync(chatId, actorId, new DisappearingResult(ChangeOutcome.NotFound), async change =>
        {
            var refusal = !change.Actor.May(ChatAction.SetDisappearing) ? ChangeOutcome.Forbidden
                : await change.IsBlockedAsync() ? ChangeOutcome.Blocked
                : await change.ScalarAsync<int>(FindSql, new { }) == seconds ? ChangeOutcome.Unchanged
                : ChangeOutcome.Done;
            if (refusal is not ChangeOutcome.Done) return new DisappearingResult(refusal);
            await change.ExecuteAsync(SetSql, new { Seconds = seconds });
            var body = new SystemBody("disappearing_changed", [], null) { Seconds = seconds > 0 ? seconds : null };
            return new DisappearingResult(ChangeOutcome.Done, await change.PostAsync(body));
        });

    // The chat's row is locked already.
    private const string FindSql = "SELECT disappear_seconds FROM chats WHERE chat_id = @ChatId FOR UPDATE";

    private const string SetSql = "UPDATE chats SET disappear_seconds = @Seconds WHERE chat_id = @ChatId";

    public Task<IReadOnlyList<DueMessages>> ListDueAsync(DateTime now, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<DueMessages>>(async connection =>
        {
            var rows = await connection.QueryAsync<DueRow>(
                new CommandDefinition(ListDueSql, new { Now = now, Limit = limit }, cancellationToken: cancellationToken));
            return
            [
                .. rows.GroupBy(row => row.ChatId).Select(chat =>
                    new DueMessages(chat.Key, [.. chat.Select(row => row.MessageId)], [.. chat.Select(row => row.ExpiresAt).Distinct()])),
            ];
        }, cancellationToken);

    private const string ListDueSql = """
        SELECT expires_at, chat_id, message_id
        FROM expiring_messages
        WHERE expires_at <= @Now
        ORDER BY expires_at, chat_id, message_id
        LIMIT @Limit
        """;

    private sealed record DueRow(DateTime ExpiresAt, long ChatId, long MessageId);

    public Task<int> ExpireAsync(DueMessages due) =>
        _changes.RunAsync(due.ChatId, actorId: null, notFound: 0, async change =>
        {
            // Those that were deleted before have nothing left to remove, and nobody sees what is left of them any more.
            var present = await change.ListMessagesAsync(PresentSql, new { due.MessageIds });
            if (present.Count > 0) await change.RecordAsync(ChangeKinds.Expired, await MessageRemoval.RemoveAsync(change, present));
            await change.ExecuteAsync(ForgetSql, new { due.MessageIds, due.Times });
            return present.Count;
        });

    private const string PresentSql = $"""
        SELECT {MessageColumns.OfM}
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id IN @MessageIds AND m.expires_at <= @Now AND m.deleted_at IS NULL
        ORDER BY m.message_id
        FOR UPDATE
        """;

    // Whole keys: a range would lock the rows of other chats as well.
    private const string ForgetSql = """
        DELETE FROM expiring_messages WHERE expires_at IN @Times AND chat_id = @ChatId AND message_id IN @MessageIds
        """;
}

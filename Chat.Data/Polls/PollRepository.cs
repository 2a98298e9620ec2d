using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Polls;

/// <inheritdoc/>
public sealed class PollRepository(ChatDatabase database, IMessageAppender appender, TimeProvider time) : IPollStore
{
    private readonly MessageChanges _changes = new(appender, time);

    public Task<ChangeResult> VoteAsync(long chatId, long actorId, long messageId, int options) =>
        _changes.RunAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var (message, body) = await FindAsync(change, messageId);
            var refusal = message is null ? ChangeOutcome.MessageNotFound
                : body?.Poll is not { } asked ? ChangeOutcome.WrongType
                : await change.IsBlockedAsync() ? ChangeOutcome.Blocked
                : asked.IsClosed(change.Now) ? ChangeOutcome.TooLate
                : !asked.Allows(options) ? ChangeOutcome.TooMany
                : ChangeOutcome.Done;
            if (refusal is not ChangeOutcome.Done) return new ChangeResult(refusal);

            var before = await change.ScalarAsync<int?>(FindOwnSql, new { MessageId = messageId }) ?? 0;
            if (before == options) return new ChangeResult(ChangeOutcome.Unchanged);
            var poll = body!.Poll!.Voted(before, options);
            await change.ExecuteAsync(options == 0 ? RemoveSql : VoteSql, new { MessageId = messageId, Options = options });
            var part = new ActorsPart { Votes = options, IsAnonymous = poll.Anonymous };
            return new ChangeResult(
                ChangeOutcome.Done, await change.RecordAsync(ChangeKinds.Vote, await WriteAsync(change, message!, body with { Poll = poll }), part));
        });

    private const string FindOwnSql = """
        SELECT options FROM poll_votes WHERE chat_id = @ChatId AND message_id = @MessageId AND user_id = @ActorId FOR UPDATE
        """;

    private const string VoteSql = """
        INSERT INTO poll_votes (chat_id, message_id, user_id, options, voted_at) VALUES (@ChatId, @MessageId, @ActorId, @Options, @Now)
        ON DUPLICATE KEY UPDATE options = VALUES(options), voted_at = VALUES(voted_at)
        """;

    private const string RemoveSql = "DELETE FROM poll_votes WHERE chat_id = @ChatId AND message_id = @MessageId AND user_id = @ActorId";

    public Task<ChangeResult> CloseAsync(long chatId, long actorId, long messageId) =>
        _changes.RunAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var (message, body) = await FindAsync(change, messageId);
            var refusal = message is null ? ChangeOutcome.MessageNotFound
                : body?.Poll is not { } poll ? ChangeOutcome.WrongType
                : !change.IsOwn(message) ? ChangeOutcome.Forbidden
                : await change.IsBlockedAsync() ? ChangeOutcome.Blocked
                : poll.IsClosed(change.Now) ? ChangeOutcome.Unchanged
                : ChangeOutcome.Done;
            if (refusal is not ChangeOutcome.Done) return new ChangeResult(refusal);
            var closed = body! with { Poll = body!.Poll! with { ClosedAt = change.Now } };
            return new ChangeResult(ChangeOutcome.Done, await change.RecordAsync(ChangeKinds.PollClosed, await WriteAsync(change, message!, closed)));
        });

    private static async Task<(MessageRow? Message, MessageBody? Body)> FindAsync(MessageTransaction change, long messageId)
    {
        var message = (await change.FindAsync([messageId])).SingleOrDefault();
        return (message, message is null || message.IsSystem ? null : MessageBody.Read(message.Body));
    }

    private static async Task<MessageRow> WriteAsync(MessageTransaction change, MessageRow message, MessageBody body)
    {
        var after = message with { Body = body.Write() };
        await change.ExecuteAsync(WriteSql, new { message.MessageId, after.Body });
        return after;
    }

    private const string WriteSql = "UPDATE messages SET body = @Body WHERE chat_id = @ChatId AND message_id = @MessageId";

    public Task<VoteList> ListAsync(
        long chatId, long userId, long messageId, int? option, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var asked = new
            {
                ChatId = chatId, UserId = userId, MessageId = messageId, AfterUserId = afterUserId, Limit = limit,
                Options = option is { } position ? 1 << position : -1,
            };
            var row = await connection.QuerySingleOrDefaultAsync<BodyRow>(FindBodySql, asked);
            if (row is null) return new VoteList(ChangeOutcome.MessageNotFound, []);
            if (row.MessageType != "poll" || MessageBody.Read(row.Body)?.Poll is not { } poll) return new VoteList(ChangeOutcome.WrongType, []);
            if (poll.Anonymous || row.ChatType == "channel") return new VoteList(ChangeOutcome.Forbidden, []);
            return new VoteList(ChangeOutcome.Done, (await connection.QueryAsync<VoteRow>(ListSql, asked)).AsList());
        }, cancellationToken);

    private const string FindBodySql = $"""
        SELECT m.message_type, m.body, c.chat_type
        FROM chat_participants me
        JOIN chats c ON c.chat_id = me.chat_id
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id = @MessageId
          AND {MessageColumns.NotHiddenFromUser}
        """;

    private const string ListSql = """
        SELECT u.user_id, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, v.options, v.voted_at
        FROM poll_votes v
        JOIN users u ON u.user_id = v.user_id
        WHERE v.chat_id = @ChatId AND v.message_id = @MessageId AND v.user_id > @AfterUserId AND (v.options & @Options) <> 0
        ORDER BY v.user_id
        LIMIT @Limit
        """;

    private sealed record BodyRow(string MessageType, string? Body, string ChatType);
}

using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Reactions;

/// <inheritdoc/>
public sealed class ReactionRepository(ChatDatabase database, IMessageAppender appender, TimeProvider time) : IReactionStore
{
    private readonly MessageChanges _changes = new(appender, time);

    public Task<ChangeResult> SetAsync(long chatId, long actorId, long messageId, string? emoji, int maxKinds) =>
        _changes.RunAsync(chatId, actorId, new ChangeResult(ChangeOutcome.NotFound), async change =>
        {
            var message = (await change.FindAsync([messageId])).SingleOrDefault();
            var refusal = message is null ? ChangeOutcome.MessageNotFound
                : message.IsSystem || message.DeletedAt is not null ? ChangeOutcome.WrongType
                : emoji is not null && !change.Actor.May(ChatAction.React) ? ChangeOutcome.Forbidden
                : await change.IsBlockedAsync() ? ChangeOutcome.Blocked
                : ChangeOutcome.Done;
            if (refusal is not ChangeOutcome.Done) return new ChangeResult(refusal);

            var counts = ReactionCounts.Read(message!.Reactions);
            var before = await change.ScalarAsync<string?>(FindOwnSql, new { MessageId = messageId });
            if (emoji is not null) emoji = counts.SpellingOf(emoji);
            if (emoji == before) return new ChangeResult(ChangeOutcome.Unchanged);
            if (before is not null) counts.Remove(before);
            if (emoji is not null) counts.Add(emoji);
            if (emoji is not null && counts.Kinds > maxKinds) return new ChangeResult(ChangeOutcome.TooMany);

            var after = message with { Reactions = counts.Write() };
            await change.ExecuteAsync(emoji is null ? RemoveSql : SetSql, new { MessageId = messageId, Emoji = emoji });
            await change.ExecuteAsync(CountSql, new { MessageId = messageId, after.Reactions });
            return new ChangeResult(ChangeOutcome.Done, await change.RecordAsync(ChangeKinds.Reaction, after, new ActorsPart { Emoji = emoji }));
        });

    private const string FindOwnSql = """
        SELECT emoji FROM message_reactions WHERE chat_id = @ChatId AND message_id = @MessageId AND user_id = @ActorId FOR UPDATE
        """;

    private const string SetSql = """
        INSERT INTO message_reactions (chat_id, message_id, user_id, emoji, reacted_at) VALUES (@ChatId, @MessageId, @ActorId, @Emoji, @Now)
        ON DUPLICATE KEY UPDATE emoji = VALUES(emoji), reacted_at = VALUES(reacted_at)
        """;

    private const string RemoveSql = """
        DELETE FROM message_reactions WHERE chat_id = @ChatId AND message_id = @MessageId AND user_id = @ActorId
        """;

    private const string CountSql = "UPDATE messages SET reactions = @Reactions WHERE chat_id = @ChatId AND message_id = @MessageId";

    public Task<IReadOnlyList<ReactionRow>?> ListAsync(
        long chatId, long userId, long messageId, string? emoji, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<ReactionRow>?>(async connection =>
        {
            var asked = new { ChatId = chatId, UserId = userId, MessageId = messageId, Emoji = emoji, AfterUserId = afterUserId, Limit = limit };
            if (await connection.ExecuteScalarAsync<long?>(VisibleMessage.Sql, asked) is null) return null;
            return (await connection.QueryAsync<ReactionRow>(ListSql, asked)).AsList();
        }, cancellationToken);

    private const string ListSql = """
        SELECT u.user_id, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, r.emoji, r.reacted_at
        FROM message_reactions r
        JOIN users u ON u.user_id = r.user_id
        WHERE r.chat_id = @ChatId AND r.message_id = @MessageId AND r.user_id > @AfterUserId AND (@Emoji IS NULL OR r.emoji = @Emoji)
        ORDER BY r.user_id
        LIMIT @Limit
        """;
}

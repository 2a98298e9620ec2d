using Dapper;

namespace Chat.Data.Settings;

/// <inheritdoc/>
public sealed class ChatSettingsRepository(ChatDatabase database) : IChatSettingsStore
{
    public Task<ChatSettingsRow?> ChangeAsync(long userId, long chatId, ChatSettingsChange change, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new DynamicParameters(change);
                parameters.Add("UserId", userId);
                parameters.Add("ChatIds", new[] { chatId });
                if (await connection.ExecuteScalarAsync<long>(CountMineSql, parameters, transaction) == 0) return null;
                await connection.ExecuteAsync(EnsureSql, parameters, transaction);
                await connection.ExecuteAsync(ChangeSql, parameters, transaction);
                return (ChatSettingsRow?)await connection.QuerySingleAsync<ChatSettingsRow>(ListSql, parameters, transaction);
            },
            cancellationToken);

    private const string CountMineSql = """
        SELECT COUNT(*) FROM chat_participants WHERE chat_id IN @ChatIds AND user_id = @UserId AND left_at IS NULL
        """;

    private const string EnsureSql = """
        INSERT INTO chat_settings (user_id, chat_id, version)
        SELECT @UserId, c.chat_id, 0 FROM chats c WHERE c.chat_id IN @ChatIds
        ON DUPLICATE KEY UPDATE user_id = chat_settings.user_id
        """;

    private const string ChangeSql = """
        UPDATE chat_settings
        SET muted_until = IF(@SetMutedUntil, @MutedUntil, muted_until),
            archived = COALESCE(@Archived, archived),
            marked_unread = COALESCE(@MarkedUnread, marked_unread),
            draft = IF(@SetDraft, @Draft, draft),
            version = version + 1
        WHERE user_id = @UserId AND chat_id IN @ChatIds
        """;

    private const string ListSql = """
        SELECT chat_id, muted_until, pin_position, archived, marked_unread, draft, version
        FROM chat_settings WHERE user_id = @UserId AND chat_id IN @ChatIds ORDER BY chat_id
        """;

    public Task<IReadOnlyList<ChatSettingsRow>?> PinAsync(long userId, IReadOnlyList<long> chatIds, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                // The person's row makes two calls wait for each other: together they could pin more than each alone.
                await connection.ExecuteScalarAsync<long?>(LockUserSql, new { UserId = userId }, transaction);
                var pinned = (await connection.QueryAsync<long>(ListPinnedSql, new { UserId = userId }, transaction)).AsList();
                if (chatIds.Count > 0)
                {
                    var wanted = new { UserId = userId, ChatIds = chatIds };
                    if (await connection.ExecuteScalarAsync<long>(CountMineSql, wanted, transaction) < chatIds.Count) return null;
                    await connection.ExecuteAsync(EnsureSql, wanted, transaction);
                }
                var concerned = pinned.Union(chatIds).ToList();
                if (concerned.Count == 0) return [];
                await connection.ExecuteAsync(UnpinSql, new { UserId = userId, ChatIds = concerned }, transaction);
                // A handful: as many as may be pinned.
                await connection.ExecuteAsync(
                    PinSql, chatIds.Select((chatId, index) => new { UserId = userId, ChatId = chatId, Position = index + 1 }), transaction);
                return (IReadOnlyList<ChatSettingsRow>?)(await connection.QueryAsync<ChatSettingsRow>(
                    ListSql, new { UserId = userId, ChatIds = concerned }, transaction)).AsList();
            },
            cancellationToken);

    private const string LockUserSql = "SELECT user_id FROM users WHERE user_id = @UserId FOR UPDATE";

    private const string ListPinnedSql = "SELECT chat_id FROM chat_settings WHERE user_id = @UserId AND pin_position IS NOT NULL";

    private const string UnpinSql = """
        UPDATE chat_settings SET pin_position = NULL, version = version + 1 WHERE user_id = @UserId AND chat_id IN @ChatIds
        """;

    private const string PinSql = "UPDATE chat_settings SET pin_position = @Position WHERE user_id = @UserId AND chat_id = @ChatId";
}

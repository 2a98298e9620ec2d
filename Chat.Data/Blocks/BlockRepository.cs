using System.Data.Common;
using Chat.Data.Accounts;
using Chat.Data.Chats;
using Dapper;

namespace Chat.Data.Blocks;

/// <inheritdoc/>
public sealed class BlockRepository(ChatDatabase database) : IBlockStore
{
    public Task<BlockChange> BlockAsync(long userId, long blockedUserId, int maxBlocked, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var two = new { UserId = userId, BlockedUserId = blockedUserId, Now = now };
                if (await connection.ExecuteScalarAsync<long?>(UserExistsSql, two, transaction) is null)
                    return new BlockChange(BlockOutcome.UserNotFound, null);
                // The blocker's row makes two blocks of one person wait for each other: each would count without the other.
                await connection.ExecuteScalarAsync<long?>(LockBlockerSql, two, transaction);
                if (await connection.ExecuteScalarAsync<long?>(FindSql, two, transaction) is not null)
                    return new BlockChange(BlockOutcome.Unchanged, await FindChatAsync(connection, transaction, userId, blockedUserId));
                if (await connection.ExecuteScalarAsync<long>(CountSql, two, transaction) >= maxBlocked)
                    return new BlockChange(BlockOutcome.TooMany, null);
                await connection.ExecuteAsync(InsertSql, two, transaction);
                return await ChangedAsync(connection, transaction, userId, blockedUserId);
            },
            cancellationToken);

    private const string UserExistsSql = "SELECT user_id FROM users WHERE user_id = @BlockedUserId AND deleted_at IS NULL";

    private const string LockBlockerSql = "SELECT user_id FROM users WHERE user_id = @UserId FOR UPDATE";

    private const string FindSql = "SELECT user_id FROM blocks WHERE user_id = @UserId AND blocked_user_id = @BlockedUserId";

    private const string CountSql = "SELECT COUNT(*) FROM blocks WHERE user_id = @UserId";

    private const string InsertSql = """
        INSERT INTO blocks (user_id, blocked_user_id, created_at) VALUES (@UserId, @BlockedUserId, @Now)
        ON DUPLICATE KEY UPDATE created_at = created_at
        """;

    public Task<BlockChange> UnblockAsync(long userId, long blockedUserId, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var two = new { UserId = userId, BlockedUserId = blockedUserId };
                return await connection.ExecuteAsync(DeleteSql, two, transaction) == 0
                    ? new BlockChange(BlockOutcome.Unchanged, await FindChatAsync(connection, transaction, userId, blockedUserId))
                    : await ChangedAsync(connection, transaction, userId, blockedUserId);
            },
            cancellationToken);

    private const string DeleteSql = "DELETE FROM blocks WHERE user_id = @UserId AND blocked_user_id = @BlockedUserId";

    private static async Task<BlockChange> ChangedAsync(DbConnection connection, DbTransaction transaction, long userId, long blockedUserId)
    {
        await connection.ExecuteAsync(NewRosterSql, new { DirectKey = DirectChatRepository.KeyOf(userId, blockedUserId) }, transaction);
        return new BlockChange(BlockOutcome.Done, await FindChatAsync(connection, transaction, userId, blockedUserId));
    }

    private static Task<long?> FindChatAsync(DbConnection connection, DbTransaction transaction, long userId, long blockedUserId) =>
        connection.ExecuteScalarAsync<long?>(FindChatSql, new { DirectKey = DirectChatRepository.KeyOf(userId, blockedUserId) }, transaction);

    private const string NewRosterSql = "UPDATE chats SET roster_version = roster_version + 1 WHERE direct_key = @DirectKey";

    private const string FindChatSql = "SELECT chat_id FROM chats WHERE direct_key = @DirectKey";

    public Task<IReadOnlyList<UserRow>> ListAsync(long userId, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<UserRow>>(
            async connection => (await connection.QueryAsync<UserRow>(
                ListSql, new { UserId = userId, AfterUserId = afterUserId, Limit = limit })).AsList(),
            cancellationToken);

    private const string ListSql = """
        SELECT u.user_id, u.name, u.phone_number, u.username, u.status, u.profile_picture_url, u.picture_media_id, u.created_at
        FROM blocks b
        JOIN users u ON u.user_id = b.blocked_user_id
        WHERE b.user_id = @UserId AND b.blocked_user_id > @AfterUserId
        ORDER BY b.blocked_user_id
        LIMIT @Limit
        """;
}

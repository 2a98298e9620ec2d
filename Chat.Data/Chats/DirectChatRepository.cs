using Dapper;

namespace Chat.Data.Chats;

/// <summary>Finds or makes the one direct chat of two people, or of somebody with oneself.</summary>
public sealed class DirectChatRepository(ChatDatabase database) : IDirectChatStore
{
    public async Task<long?> OpenAsync(long userId, long otherUserId, DateTime now, CancellationToken cancellationToken)
    {
        var directKey = KeyOf(userId, otherUserId);
        if (await FindAsync(directKey, cancellationToken) is { } found) return found;
        try
        {
            return await CreateAsync(directKey, userId, otherUserId, now, cancellationToken);
        }
        catch (Exception exception) when (exception.IsDuplicateKey())
        {
            return await FindAsync(directKey, cancellationToken);
        }
    }

    /// <summary>The name of the chat of two people; of one, the chat with oneself.</summary>
    internal static string KeyOf(long userId, long otherUserId) => $"{Math.Min(userId, otherUserId)}:{Math.Max(userId, otherUserId)}";

    private Task<long?> FindAsync(string directKey, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteScalarAsync<long?>(FindSql, new { DirectKey = directKey }), cancellationToken);

    private const string FindSql = "SELECT chat_id FROM chats WHERE direct_key = @DirectKey";

    private Task<long?> CreateAsync(string directKey, long userId, long otherUserId, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync<long?>(async (connection, transaction) =>
        {
            if (await connection.ExecuteScalarAsync<long?>(UserExistsSql, new { UserId = otherUserId }, transaction) is null) return null;
            var chatId = await connection.InsertAsync(
                new CommandDefinition(CreateSql, new { DirectKey = directKey, UserId = userId, Now = now }, transaction));
            await connection.ExecuteAsync(
                JoinSql, new { ChatId = chatId, UserIds = new[] { userId, otherUserId }, Now = now }, transaction);
            return chatId;
        }, cancellationToken);

    private const string UserExistsSql = "SELECT user_id FROM users WHERE user_id = @UserId AND deleted_at IS NULL";

    private const string CreateSql = """
        INSERT INTO chats (chat_type, direct_key, created_by, created_at) VALUES ('direct', @DirectKey, @UserId, @Now)
        """;

    private const string JoinSql = """
        INSERT INTO chat_participants (chat_id, user_id, role, joined_at)
        SELECT @ChatId, u.user_id, 'member', @Now FROM users u WHERE u.user_id IN @UserIds
        """;
}

using Dapper;

namespace Chat.Data.Permissions;

/// <summary>Reads what one person may do in a chat from the person's own row: for rare calls, and whatever a cache believes.</summary>
public interface IRightsReader
{
    /// <returns>Null when the user is not in the chat.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<ParticipantRights?> FindAsync(long chatId, long userId, CancellationToken cancellationToken);
}

public sealed record ParticipantRights(string ChatType, string Role, ChatPermissions Permissions)
{
    /// <summary>Whether this is one of a channel's many, who learn nothing of each other.</summary>
    public bool IsReader => ChatType == "channel" && Role == "member";

    public bool MayDo(ChatAction action) => ChatRights.MayDo(action, ChatType, Role, Permissions);
}

/// <summary>Reads what one person may do in a chat.</summary>
public sealed class RightsRepository(ChatDatabase database) : IRightsReader
{
    public Task<ParticipantRights?> FindAsync(long chatId, long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<Row>(FindSql, new { ChatId = chatId, UserId = userId });
            return row is null ? null : new ParticipantRights(
                row.ChatType, row.Role, ChatRights.Of(row.ChatType, (ChatPermissions)row.DefaultPermissions, row.Role, (ChatPermissions?)row.Allowed));
        }, cancellationToken);

    private const string FindSql = """
        SELECT c.chat_type, c.default_permissions, p.role, own.allowed
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        LEFT JOIN permissions own ON own.chat_id = p.chat_id AND own.user_id = p.user_id
        WHERE p.chat_id = @ChatId AND p.user_id = @UserId AND p.left_at IS NULL
        """;

    private sealed record Row(string ChatType, int DefaultPermissions, string Role, int? Allowed);
}

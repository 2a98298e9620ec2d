using Chat.Data.Accounts;
using Dapper;

namespace Chat.Data.Chats;

/// <summary>A participant with what others may see of the person.</summary>
/// <param name="Allowed">What this one may do in place of what the role gives, where that was set: bits of <see cref="Permissions.ChatPermissions"/>.</param>
public sealed record ParticipantRow(
    long UserId,
    string Name,
    string? Username,
    string? Status,
    string? ProfilePictureUrl,
    long? PictureMediaId,
    string Role,
    DateTime JoinedAt,
    long DeliveredUpTo,
    long ReadUpTo,
    DateTime? SilencedUntil = null,
    int? Allowed = null) : IPersonRow;

/// <summary>Reads the participants of a chat for one of them.</summary>
public sealed class ParticipantRepository(ChatDatabase database) : IParticipantReader
{
    public Task<IReadOnlyList<ParticipantRow>> ListAsync(long chatId, long userId, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<ParticipantRow>>(
            async connection => (await connection.QueryAsync<ParticipantRow>(
                ListSql, new { ChatId = chatId, UserId = userId, AfterUserId = afterUserId, Limit = limit })).AsList(),
            cancellationToken);

    private const string ListSql = """
        SELECT u.user_id, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, p.role, p.joined_at, p.delivered_up_to, p.read_up_to,
          p.silenced_until, rights.allowed
        FROM chat_participants me
        JOIN chat_participants p ON p.chat_id = me.chat_id
        JOIN users u ON u.user_id = p.user_id
        LEFT JOIN permissions rights ON rights.chat_id = p.chat_id AND rights.user_id = p.user_id
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL
          AND p.left_at IS NULL AND p.user_id > @AfterUserId
        ORDER BY p.user_id
        LIMIT @Limit
        """;
}

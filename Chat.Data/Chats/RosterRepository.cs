using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Chats;

/// <summary>Reads who is in a chat.</summary>
public sealed class RosterRepository(ChatDatabase database) : IRosterReader
{
    public Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            // The version is read before the members: if somebody changes them in between, the version is too old,
            // and a send under it is checked again. The other order could hide a change for good.
            await using var results = await connection.QueryMultipleAsync(GetSql, new { ChatId = chatId });
            var head = await results.ReadSingleOrDefaultAsync<Head>();
            if (head is null) return null;
            var members = await results.ReadAsync<Member>();
            var blockers = (await results.ReadAsync<long>()).ToHashSet();
            return new Roster(
                chatId, head.ChatType, head.RosterVersion,
                members.ToFrozenDictionary(m => m.UserId, m => m.ToRosterMember() with { BlocksPeer = blockers.Contains(m.UserId) }),
                (ChatPermissions)head.DefaultPermissions) { IsSigned = head.Signatures };
        }, cancellationToken);

    // The chat's row is looked up before anything else, so that of the two halves one reads nothing. The index finds the few who run a
    // channel whatever the number of its readers.
    private const string GetSql = """
        SELECT chat_type, roster_version, default_permissions, signatures FROM chats WHERE chat_id = @ChatId;
        SELECT p.user_id, p.role, p.silenced_until, own.allowed, NULL AS name
        FROM chats c
        JOIN chat_participants p ON p.chat_id = c.chat_id AND p.left_at IS NULL
        LEFT JOIN permissions own ON own.chat_id = p.chat_id AND own.user_id = p.user_id
        WHERE c.chat_id = @ChatId AND c.chat_type <> 'channel'
        UNION ALL
        SELECT p.user_id, p.role, p.silenced_until, own.allowed, u.name
        FROM chats c
        JOIN chat_participants p FORCE INDEX (ix_chat_participants_role) ON p.chat_id = c.chat_id AND p.role IN ('owner', 'admin')
        JOIN users u ON u.user_id = p.user_id
        LEFT JOIN permissions own ON own.chat_id = p.chat_id AND own.user_id = p.user_id
        WHERE c.chat_id = @ChatId AND c.chat_type = 'channel' AND p.left_at IS NULL;
        SELECT b.user_id
        FROM chats c
        JOIN chat_participants p ON p.chat_id = c.chat_id
        JOIN chat_participants o ON o.chat_id = c.chat_id AND o.user_id <> p.user_id
        JOIN blocks b ON b.user_id = p.user_id AND b.blocked_user_id = o.user_id
        WHERE c.chat_id = @ChatId AND c.chat_type = 'direct'
        """;

    public Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken) =>
        database.LookUpAsync(ListGroupIdsSql + userId.ToString(CultureInfo.InvariantCulture), ReadIdsAsync, cancellationToken);

    private static async Task<IReadOnlyList<long>> ReadIdsAsync(DbDataReader reader)
    {
        var ids = new List<long>();
        while (await reader.ReadAsync()) ids.Add(reader.GetInt64(0));
        return ids;
    }

    // The user's id comes behind it.
    private const string ListGroupIdsSql = """
        SELECT p.chat_id
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        WHERE p.left_at IS NULL AND c.chat_type <> 'direct' AND p.user_id =
        """ + " ";

    public Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection => (await connection.QueryAsync<Membership>(ListGroupIdsOfManySql, new { UserIds = userIds }))
                .ToLookup(row => row.UserId, row => row.ChatId),
            cancellationToken);

    private const string ListGroupIdsOfManySql = """
        SELECT p.user_id, p.chat_id
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        WHERE p.user_id IN @UserIds AND p.left_at IS NULL AND c.chat_type <> 'direct'
        """;

    public Task<IReadOnlyList<long>> ListPresentAsync(long chatId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<long>>(
            async connection => (await connection.QueryAsync<long>(ListPresentSql, new { ChatId = chatId, UserIds = userIds })).AsList(),
            cancellationToken);

    private const string ListPresentSql = """
        SELECT user_id
        FROM chat_participants FORCE INDEX (PRIMARY)
        WHERE chat_id = @ChatId AND user_id IN @UserIds AND left_at IS NULL
        """;

    private sealed record Membership(long UserId, long ChatId);

    private sealed record Head(string ChatType, long RosterVersion, int DefaultPermissions, bool Signatures);

    private sealed record Member(long UserId, string Role, DateTime? SilencedUntil, int? Allowed, string? Name)
    {
        public RosterMember ToRosterMember() => new(UserId, Role, (ChatPermissions?)Allowed, SilencedUntil) { Name = Name };
    }
}

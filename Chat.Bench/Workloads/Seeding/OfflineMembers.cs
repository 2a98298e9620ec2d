using System.Data.Common;
using System.Globalization;
using Chat.Data;
using Dapper;

namespace Chat.Bench.Workloads.Seeding;

/// <summary>Puts people into a group or channel past the server, and past its limit of members: they never connect.</summary>
internal static class OfflineMembers
{
    public static Task AddAsync(ChatDatabase database, long chatId, int count, TimeProvider time, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection =>
            {
                var now = BulkInsert.Literal(time.GetUtcNow().UtcDateTime);
                var users = await SeededUsers.AddAsync(connection, count, now, cancellationToken);
                await BulkInsert.RunAsync(connection, InsertParticipantsSql, users, (sql, userId) =>
                    sql.Append(CultureInfo.InvariantCulture, $"({chatId},{userId},'member',{now})"), cancellationToken);
                // Whoever holds the old roster finds out at the next send.
                await connection.ExecuteAsync(BumpRosterSql, new { ChatId = chatId, Count = count });
                return true;
            },
            cancellationToken);

    private const string InsertParticipantsSql = "INSERT INTO chat_participants (chat_id, user_id, role, joined_at) VALUES ";

    private const string BumpRosterSql = """
        UPDATE chats SET roster_version = roster_version + 1, subscriber_count = subscriber_count + IF(chat_type = 'channel', @Count, 0)
        WHERE chat_id = @ChatId
        """;
}

/// <summary>Users who exist but never log in: they have no password.</summary>
internal static class SeededUsers
{
    /// <returns>Their ids.</returns>
    public static async Task<IReadOnlyList<long>> AddAsync(DbConnection connection, int count, string createdAt, CancellationToken cancellationToken)
    {
        var first = await connection.ExecuteScalarAsync<long>(NextIdSql);
        var ids = Enumerable.Range(0, count).Select(i => first + i).ToList();
        await BulkInsert.RunAsync(connection, InsertSql, ids, (sql, id) =>
            sql.Append(CultureInfo.InvariantCulture, $"({id},'Seeded {id}','+99{id:D12}','',{createdAt})"), cancellationToken);
        return ids;
    }

    private const string NextIdSql = "SELECT COALESCE(MAX(user_id), 0) + 1 FROM users";

    private const string InsertSql = "INSERT INTO users (user_id, name, phone_number, password_hash, created_at) VALUES ";
}

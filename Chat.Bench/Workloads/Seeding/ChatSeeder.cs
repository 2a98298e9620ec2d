using System.Data.Common;
using System.Globalization;
using Chat.Data;
using Dapper;

namespace Chat.Bench.Workloads.Seeding;

/// <summary>
/// Fills an empty, migrated database with groups and messages, past the server. What there is much of is made by the database itself,
/// in the order of the primary key, so that the table is built without splitting pages.
/// </summary>
internal sealed class ChatSeeder(ChatDatabase database, ChatShape shape, TimeProvider time)
{
    private const long FirstChat = 1;

    /// <summary>In one statement, which is one transaction.</summary>
    private const int MessagesPerStatement = 100_000;

    private readonly DateTime _start = time.GetUtcNow().UtcDateTime.AddDays(-30);

    private string Start => BulkInsert.Literal(_start);

    /// <param name="knownUsers">Users that exist already; the others are made. They are members in this order.</param>
    /// <returns>For each known user, its chat ids.</returns>
    public Task<IReadOnlyList<IReadOnlyList<long>>> SeedAsync(
        IReadOnlyList<long> knownUsers, IProgress<double>? progress, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<IReadOnlyList<long>>>(
            async connection =>
            {
                var made = await SeededUsers.AddAsync(connection, shape.Users - knownUsers.Count, Start, cancellationToken);
                var members = MembersByChat([.. knownUsers, .. made]);
                await AddChatsAsync(connection, members, cancellationToken);
                await AddParticipantsAsync(connection, members, cancellationToken);
                if (shape.MessagesPerChat > 0)
                {
                    await AddStatusesAsync(connection);
                    await AddMessagesAsync(connection, progress, cancellationToken);
                }
                return [.. knownUsers.Select((_, user) => (IReadOnlyList<long>)[.. shape.ChatsOf(user).Select(chat => FirstChat + chat)])];
            },
            cancellationToken);

    private long[][] MembersByChat(IReadOnlyList<long> users)
    {
        var members = Enumerable.Range(0, shape.Chats).Select(_ => new List<long>(shape.MembersPerChat)).ToArray();
        for (var user = 0; user < users.Count; user++)
            foreach (var chat in shape.ChatsOf(user))
                members[chat].Add(users[user]);
        return [.. members.Select(ofChat => ofChat.Order().ToArray())];
    }

    private const string InsertChatsSql =
        "INSERT INTO chats (chat_id, chat_type, chat_name, created_by, created_at, last_message_id, last_message_at) VALUES ";

    private Task AddChatsAsync(DbConnection connection, long[][] members, CancellationToken cancellationToken) =>
        BulkInsert.RunAsync(connection, InsertChatsSql, Enumerable.Range(0, shape.Chats), (sql, chat) => sql.Append(
            CultureInfo.InvariantCulture,
            $"({FirstChat + chat},'group','Seeded group {chat}',{members[chat][0]},{Start},{shape.MessagesPerChat},{LastAt(chat)})"), cancellationToken);

    /// <summary>Milliseconds apart, and not in the order of the table: who lists their newest chats finds them anywhere in it.</summary>
    private string LastAt(int chat) =>
        shape.MessagesPerChat > 0 ? BulkInsert.Literal(_start.AddSeconds(shape.MessagesPerChat).AddMilliseconds(chat * 7919L % 1000)) : "NULL";

    private const string InsertParticipantsSql =
        "INSERT INTO chat_participants (chat_id, user_id, role, joined_at, delivered_up_to, read_up_to) VALUES ";

    private Task AddParticipantsAsync(DbConnection connection, long[][] members, CancellationToken cancellationToken)
    {
        var participants = members.SelectMany((ofChat, chat) => ofChat.Select(user => (Chat: chat, User: user)));
        return BulkInsert.RunAsync(connection, InsertParticipantsSql, participants, (sql, p) => sql.Append(
            CultureInfo.InvariantCulture,
            $"({FirstChat + p.Chat},{p.User},'{(p.User == members[p.Chat][0] ? "owner" : "member")}',{Start},{shape.MessagesPerChat},{shape.MessagesPerChat - shape.Unread})"), cancellationToken);
    }

    // Every mark above 0 has its row.
    private const string InsertStatusesSql = """
        INSERT INTO message_status (chat_id, user_id, status, message_id, status_updated_at)
        SELECT chat_id, user_id, 'delivered', delivered_up_to, joined_at FROM chat_participants WHERE delivered_up_to > 0
        UNION ALL
        SELECT chat_id, user_id, 'read', read_up_to, joined_at FROM chat_participants WHERE read_up_to > 0
        """;

    private static Task AddStatusesAsync(DbConnection connection) =>
        connection.ExecuteAsync(InsertStatusesSql, commandTimeout: BulkInsert.TimeoutSeconds);

    private const string MakeNumbersSql = "CREATE TEMPORARY TABLE seed_numbers (n INT NOT NULL PRIMARY KEY)";

    private const string InsertNumbersSql = "INSERT INTO seed_numbers (n) VALUES ";

    private const string DropNumbersSql = "DROP TEMPORARY TABLE seed_numbers";

    // Members take turns. Texts have 20 to 180 characters, the same at every size of the database.
    private const string InsertMessagesSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at)
        SELECT m.chat_id, s.n, m.user_id, UNHEX(MD5(CONCAT(m.chat_id, ':', s.n))), 'text', REPEAT('x', 20 + s.n * 37 % 161),
          @Start + INTERVAL s.n SECOND
        FROM (
          SELECT chat_id, user_id, ROW_NUMBER() OVER (PARTITION BY chat_id ORDER BY user_id) - 1 AS turn
          FROM chat_participants
          WHERE chat_id BETWEEN @First AND @Last
        ) m
        JOIN seed_numbers s ON s.n % @Members = m.turn
        ORDER BY m.chat_id, s.n
        """;

    private async Task AddMessagesAsync(DbConnection connection, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(MakeNumbersSql);
        await BulkInsert.RunAsync(connection, InsertNumbersSql, Enumerable.Range(1, shape.MessagesPerChat), (sql, n) =>
            sql.Append(CultureInfo.InvariantCulture, $"({n})"), cancellationToken);
        var chats = Math.Max(1, MessagesPerStatement / shape.MessagesPerChat);
        for (var first = 0; first < shape.Chats; first += chats)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await connection.ExecuteAsync(
                InsertMessagesSql,
                new { Start = _start, First = FirstChat + first, Last = FirstChat + Math.Min(first + chats, shape.Chats) - 1, Members = shape.MembersPerChat },
                commandTimeout: BulkInsert.TimeoutSeconds);
            progress?.Report((double)(first + chats) / shape.Chats);
        }
        await connection.ExecuteAsync(DropNumbersSql);
    }
}

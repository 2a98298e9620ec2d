using System.Data.Common;
using System.Globalization;
using System.Text;
using Chat.Bench.Workloads.Seeding;
using Chat.Data;

namespace Chat.Bench.Workloads.History;

/// <summary>Fills an empty, migrated database with chats and messages, by many rows a statement, past the server.</summary>
internal sealed class HistorySeeder(ChatDatabase database, HistoryShape shape, TimeProvider time)
{
    private const int ProgressStep = 1000;

    private readonly DateTime _start = time.GetUtcNow().UtcDateTime.AddDays(-30);

    /// <param name="knownUsers">Users that exist already; the others are made. They are members in this order.</param>
    /// <returns>For each known user, its chat ids.</returns>
    public Task<IReadOnlyList<IReadOnlyList<long>>> SeedAsync(
        IReadOnlyList<long> knownUsers, IProgress<double> progress, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<IReadOnlyList<long>>>(
            async connection =>
            {
                var firstChat = 1L;
                var users = await AddUsersAsync(connection, knownUsers);
                var members = MembersByChat(users);
                await AddChatsAsync(connection, members, firstChat);
                await AddParticipantsAsync(connection, members, firstChat);
                await AddStatusesAsync(connection, members, firstChat);
                await AddMessagesAsync(connection, members, firstChat, progress, cancellationToken);
                return [.. knownUsers.Select((_, user) => (IReadOnlyList<long>)[.. shape.ChatsOf(user).Select(chat => firstChat + chat)])];
            },
            cancellationToken);

    private long[][] MembersByChat(IReadOnlyList<long> users)
    {
        var members = Enumerable.Range(0, shape.Chats).Select(_ => new List<long>()).ToArray();
        for (var user = 0; user < users.Count; user++)
            foreach (var chat in shape.ChatsOf(user))
                members[chat].Add(users[user]);
        return [.. members.Select(ofChat => ofChat.ToArray())];
    }

    private const string InsertUsersSql = "INSERT INTO users (user_id, name, phone_number, password_hash, created_at) VALUES ";

    private async Task<IReadOnlyList<long>> AddUsersAsync(DbConnection connection, IReadOnlyList<long> known)
    {
        var first = known.Max() + 1;
        var made = Enumerable.Range(0, shape.Users - known.Count).Select(i => first + i).ToList();
        // Nobody logs in as one of them, so they have no password.
        await InsertAsync(connection, InsertUsersSql, made, (sql, id) =>
            sql.Append(CultureInfo.InvariantCulture, $"({id},'Seeded {id}','+99{id:D12}','',{BulkInsert.Literal(_start)})"));
        return [.. known, .. made];
    }

    private const string InsertChatsSql =
        "INSERT INTO chats (chat_id, chat_type, chat_name, created_by, created_at, last_message_id, last_message_at) VALUES ";

    private Task AddChatsAsync(DbConnection connection, long[][] members, long firstChat) =>
        InsertAsync(connection, InsertChatsSql, Enumerable.Range(0, shape.Chats), (sql, chat) => sql.Append(
            CultureInfo.InvariantCulture,
            $"({firstChat + chat},'group','Seeded group {chat}',{members[chat][0]},{BulkInsert.Literal(_start)},{shape.MessagesPerChat},{BulkInsert.Literal(SentAt(chat, shape.MessagesPerChat))})"));

    private const string InsertParticipantsSql =
        "INSERT INTO chat_participants (chat_id, user_id, role, joined_at, delivered_up_to, read_up_to) VALUES ";

    private Task AddParticipantsAsync(DbConnection connection, long[][] members, long firstChat) =>
        InsertAsync(connection, InsertParticipantsSql, Participants(members), (sql, p) => sql.Append(
            CultureInfo.InvariantCulture,
            $"({firstChat + p.Chat},{p.User},'{(p.User == members[p.Chat][0] ? "owner" : "member")}',{BulkInsert.Literal(_start)},{shape.MessagesPerChat},{shape.MessagesPerChat - HistoryShape.Unread})"));

    private const string InsertStatusesSql =
        "INSERT INTO message_status (chat_id, user_id, status, message_id, status_updated_at) VALUES ";

    private Task AddStatusesAsync(DbConnection connection, long[][] members, long firstChat) =>
        InsertAsync(connection, InsertStatusesSql, Participants(members), (sql, p) => sql.Append(
            CultureInfo.InvariantCulture,
            $"({firstChat + p.Chat},{p.User},'delivered',{shape.MessagesPerChat},{BulkInsert.Literal(_start)}),({firstChat + p.Chat},{p.User},'read',{shape.MessagesPerChat - HistoryShape.Unread},{BulkInsert.Literal(_start)})"));

    private const string InsertMessagesSql =
        "INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at) VALUES ";

    private Task AddMessagesAsync(
        DbConnection connection, long[][] members, long firstChat, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var total = (double)shape.Chats * shape.MessagesPerChat;
        var done = 0;
        // In the order of the primary key: the table is built without splitting pages.
        var messages = Enumerable.Range(0, shape.Chats).SelectMany(chat => Enumerable.Range(1, shape.MessagesPerChat).Select(id => (Chat: chat, Id: id)));
        return InsertAsync(connection, InsertMessagesSql, messages, (sql, message) =>
        {
            var (chat, id) = message;
            if (++done % ProgressStep == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Report(done / total);
            }
            sql.Append(
                CultureInfo.InvariantCulture,
                $"({firstChat + chat},{id},{members[chat][id % members[chat].Length]},x'{Guid.NewGuid():N}','text','{Text(id)}',{BulkInsert.Literal(SentAt(chat, id))})");
        });
    }

    private static IEnumerable<(int Chat, long User)> Participants(long[][] members) =>
        members.SelectMany((ofChat, chat) => ofChat.Select(user => (chat, user)));

    private static Task InsertAsync<T>(DbConnection connection, string insert, IEnumerable<T> rows, Action<StringBuilder, T> append) =>
        BulkInsert.RunAsync(connection, insert, rows, append, CancellationToken.None);

    /// <summary>20–180 characters, the same at every size.</summary>
    private static string Text(int id) => new('x', 20 + (id * 37 % 161));

    private DateTime SentAt(int chat, int id) => _start.AddSeconds(id).AddMilliseconds(chat);
}

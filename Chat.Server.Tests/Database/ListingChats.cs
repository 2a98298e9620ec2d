using System.Globalization;
using Chat.Data;
using Chat.Data.Chats;
using Chat.Server.Tests.Support;
using Dapper;

namespace Chat.Server.Tests.Database;

/// <summary>
/// What a page of the chat list reads, counted by the database: the heads of the page, whatever the number of people that there are, and of
/// the chats that are not on it an entry and a row each.
/// </summary>
[TestFixture]
public sealed class ListingChats : DatabaseFixture
{
    private const int PageSize = 50;
    private const int Few = 60;
    private const int Many = 600;

    private ChatDatabase _single = null!;
    private long _withFew;
    private long _withMany;

    [OneTimeSetUp]
    public async Task MakeChats()
    {
        // One connection: its session's counters know of everything that is done.
        _single = ChatDatabase.Create(Database.ConnectionString.Replace("Maximum Pool Size=40", "Maximum Pool Size=1", StringComparison.Ordinal));
        var users = await Database.UsersAsync(2);
        (_withFew, _withMany) = (users[0], users[1]);
        var others = Enumerable.Range(1, 4000).Select(i => $"('Other {i}','+8{i:0000000000}','x',@now)");
        await Database.ExecuteAsync(
            "INSERT INTO users (name, phone_number, password_hash, created_at) VALUES " + string.Join(',', others), new { now = DateTime.UnixEpoch });
        await AddChatsAsync(_withFew, first: 1, Few);
        await AddChatsAsync(_withMany, first: 10_001, Many);
        // Statistics as the optimizer has them in production.
        await Database.ExecuteAsync("ANALYZE TABLE chat_participants, chats, messages, users");
    }

    [OneTimeTearDown]
    public async Task CloseConnection() => await _single.DisposeAsync();

    [TestCase(false), TestCase(true)]
    public async Task A_page_costs_little_more_with_many_chats(bool next)
    {
        var (few, many) = (await CostAsync(_withFew, next), await CostAsync(_withMany, next));
        TestContext.Out.WriteLine($"{few} of {Few} chats, {many} of {Many}");
        Assert.That(many.Statements, Is.EqualTo(few.Statements));
        Assert.That(few.Rows, Is.LessThan(40 * PageSize), "nobody reads all people for it");
        // An entry, a row, and what sorting them takes.
        Assert.That(many.Rows, Is.LessThan(few.Rows + (5 * (Many - Few))));
    }

    [Test]
    public async Task A_person_with_many_chats_gets_each_once_page_by_page()
    {
        var heads = new ChatHeadRepository(Database.Database);
        var seen = new List<ChatHeadRow>();
        for (ChatListPosition? after = null; ;)
        {
            var page = await heads.ListAsync(_withMany, after, PageSize, CancellationToken.None);
            seen.AddRange(page);
            if (page.Count < PageSize) break;
            after = new ChatListPosition(page[^1].LastActivityAt, page[^1].ChatId);
        }
        Assert.That(seen.Select(head => head.ChatId), Is.Unique);
        Assert.That(seen, Has.Count.EqualTo(Many));
        Assert.That(seen, Is.Ordered.Descending.By(nameof(ChatHeadRow.LastActivityAt)));
        Assert.That(seen.Where(head => head.ChatType == "direct").Select(head => head.PeerName), Is.All.Not.Null);
    }

    /// <summary>Every third a direct chat, the others groups of ten; active in another order than they were made.</summary>
    private async Task AddChatsAsync(long userId, int first, int count)
    {
        var chats = Enumerable.Range(first, count).ToList();
        await Database.ExecuteAsync(
            "INSERT INTO chats (chat_id, chat_type, chat_name, created_by, created_at, last_message_id, last_message_at) VALUES " + string.Join(',', chats.Select(
                chat => $"({chat},'{(chat % 3 == 0 ? "direct" : "group")}','Chat {chat}',{userId},@now,1,@now + INTERVAL {chat * 919 % 1000} SECOND)")),
            new { now = DateTime.UnixEpoch });
        await Database.ExecuteAsync(
            """
            INSERT INTO chat_participants (chat_id, user_id, role, joined_at)
            SELECT c.chat_id, @userId, 'owner', @now FROM chats c WHERE c.created_by = @userId
            UNION ALL
            SELECT c.chat_id, u.user_id, 'member', @now
            FROM chats c
            JOIN users u ON u.name LIKE 'Other %' AND u.user_id % 400 = c.chat_id % 400 AND (c.chat_type = 'group' OR u.user_id % 4000 = c.chat_id % 400)
            WHERE c.created_by = @userId
            """,
            new { userId, now = DateTime.UnixEpoch });
        await Database.ExecuteAsync(
            """
            INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at)
            SELECT c.chat_id, 1, @userId, UNHEX(MD5(c.chat_id)), 'text', 'hello', c.last_message_at FROM chats c WHERE c.created_by = @userId
            """,
            new { userId });
    }

    private async Task<Cost> CostAsync(long userId, bool next)
    {
        var heads = new ChatHeadRepository(_single);
        var first = await heads.ListAsync(userId, after: null, PageSize, CancellationToken.None);
        var after = next ? new ChatListPosition(first[9].LastActivityAt, first[9].ChatId) : null;
        var before = await CountersAsync();
        Assert.That(await heads.ListAsync(userId, after, PageSize, CancellationToken.None), Has.Count.EqualTo(PageSize));
        var done = await CountersAsync();
        return new Cost(done.Statements - before.Statements, done.Rows - before.Rows);
    }

    private Task<Cost> CountersAsync() => _single.QueryAsync(async connection =>
    {
        var rows = (await connection.QueryAsync<(string Name, string Value)>("SHOW SESSION STATUS WHERE Variable_name = 'Questions' OR Variable_name LIKE 'Handler_read%'"))
            .ToDictionary(row => row.Name, row => long.Parse(row.Value, CultureInfo.InvariantCulture));
        return new Cost(rows["Questions"], rows.Where(row => row.Key != "Questions").Sum(row => row.Value));
    }, CancellationToken.None);

    private sealed record Cost(long Statements, long Rows);
}

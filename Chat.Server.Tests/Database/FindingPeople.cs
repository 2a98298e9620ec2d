using System.Globalization;
using Chat.Data;
using Chat.Data.Search;
using Chat.Server.Tests.Support;
using Dapper;

namespace Chat.Server.Tests.Database;

/// <summary>
/// What a search for people reads, counted by the database: those whom one knows, whatever the number of people and chats that there are, and
/// whatever the optimizer takes a chat to hold.
/// </summary>
[TestFixture]
public sealed class FindingPeople : DatabaseFixture
{
    private const int People = 4000;
    private const int Known = 300;

    private ChatDatabase _single = null!;
    private long _me;

    /// <summary>Direct chats with some; and a channel that all others read, by which a chat has more people than most have.</summary>
    [OneTimeSetUp]
    public async Task MakePeople()
    {
        // One connection: its session's counters know of everything that is done.
        _single = ChatDatabase.Create(Database.ConnectionString.Replace("Maximum Pool Size=40", "Maximum Pool Size=1", StringComparison.Ordinal));
        _me = (await Database.UsersAsync(1))[0];
        var now = DateTime.UnixEpoch;
        await Database.ExecuteAsync(
            "INSERT INTO users (name, phone_number, password_hash, created_at) VALUES "
            + string.Join(',', Enumerable.Range(1, People).Select(i => $"('Other {i}','+8{i:0000000000}','x',@now)")), new { now });
        await Database.ExecuteAsync(
            "INSERT INTO chats (chat_id, chat_type, created_by, created_at) VALUES (1, 'channel', @_me, @now),"
            + string.Join(',', Enumerable.Range(2, Known).Select(chat => $"({chat},'direct',@_me,@now)")), new { _me, now });
        await Database.ExecuteAsync(
            """
            INSERT INTO chat_participants (chat_id, user_id, joined_at)
            SELECT 1, user_id, @now FROM users WHERE user_id <> @_me
            UNION ALL
            SELECT chat_id, @_me, @now FROM chats WHERE chat_type = 'direct'
            UNION ALL
            SELECT ROW_NUMBER() OVER (ORDER BY user_id) + 1, user_id, @now
            FROM (SELECT user_id FROM users WHERE user_id <> @_me ORDER BY user_id LIMIT @Known) AS known
            """,
            new { _me, now, Known });
        await Database.ExecuteAsync("ANALYZE TABLE chat_participants, chats, contacts, users");
    }

    [OneTimeTearDown]
    public async Task CloseConnection() => await _single.DisposeAsync();

    [Test]
    public async Task Nobody_else_is_read()
    {
        var names = new NameSearchRepository(_single);
        var before = await RowsReadAsync();
        Assert.That(await names.FindPeopleAsync(_me, "Other 1", 20, CancellationToken.None), Has.Count.EqualTo(20));
        var read = await RowsReadAsync() - before;
        TestContext.Out.WriteLine($"{read} rows for {Known} people of {People}");
        Assert.That(read, Is.LessThan(10 * Known));
    }

    private Task<long> RowsReadAsync() => _single.QueryAsync(
        async connection => (await connection.QueryAsync<(string Name, string Value)>("SHOW SESSION STATUS LIKE 'Handler_read%'"))
            .Sum(row => long.Parse(row.Value, CultureInfo.InvariantCulture)),
        CancellationToken.None);
}

using System.Globalization;
using Chat.Data;
using Chat.Data.Channels;
using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Data.Presence;
using Chat.Data.Receipts;
using Chat.Server.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Channels;

/// <summary>
/// What is done in a channel costs the same statements, and reads the same rows, whatever the number of its readers: counted by the server, for
/// a channel of a few and one of many.
/// </summary>
[TestFixture]
public sealed class OfAnySize : DatabaseFixture
{
    private const int Few = 20;
    private const int Many = 3000;

    private IReadOnlyList<long> _users = [];
    private ChatDatabase _single = null!;
    private long _few;
    private long _many;

    [OneTimeSetUp]
    public async Task MakeChannels()
    {
        // One connection: its session's counters know of everything that is done.
        _single = ChatDatabase.Create($"{Database.ConnectionString.Replace("Maximum Pool Size=40", "Maximum Pool Size=1", StringComparison.Ordinal)}");
        _users = await Database.UsersAsync(6);
        var readers = Enumerable.Range(1, Many).Select(i => $"('Reader {i}','+8{i:0000000000}','x',@now)");
        await Database.ExecuteAsync(
            "INSERT INTO users (name, phone_number, password_hash, created_at) VALUES " + string.Join(',', readers), new { now = DateTime.UnixEpoch });
        _few = await ChannelAsync(Few);
        _many = await ChannelAsync(Many);
        // Statistics as the optimizer has them in production.
        await Database.ExecuteAsync("ANALYZE TABLE chat_participants, chats, messages, channel_posts, users");
    }

    [OneTimeTearDown]
    public async Task CloseConnection() => await _single.DisposeAsync();

    private static readonly Dictionary<string, Func<OfAnySize, long, Task>> Deeds = new()
    {
        ["the roster is read"] = (test, channel) => new RosterRepository(test._single).GetAsync(channel, CancellationToken.None),
        ["a post"] = (test, channel) => test.PostAsync(channel),
        ["a post under an old roster"] = (test, channel) => test.PostAsync(channel, version: -5),
        ["a reader's head"] = (test, channel) => new ChatHeadRepository(test._single).FindAsync(channel, test._users[2], CancellationToken.None),
        ["the owner's head"] = (test, channel) => new ChatHeadRepository(test._single).FindAsync(channel, test._users[0], CancellationToken.None),
        ["a reader's history"] = (test, channel) =>
            new HistoryRepository(test._single).ReadAsync(channel, test._users[2], HistoryAnchor.Before, long.MaxValue, 50, CancellationToken.None),
        ["a reader's sync"] = (test, channel) =>
            new HistoryRepository(test._single).SyncAsync(channel, test._users[2], 0, new SyncMarks(0, 0), 50, CancellationToken.None),
        ["who joins and leaves"] = (test, channel) => test.ComeAndGoAsync(channel),
        ["who is removed"] = (test, channel) => test.AddAndRemoveAsync(channel),
        ["a mark"] = (test, channel) => test.MarkAsync(channel),
        ["an edit and a deletion"] = (test, channel) => test.EditAndDeleteAsync(channel),
        ["a promotion and back"] = (test, channel) => test.PromoteAndDemoteAsync(channel),
        ["whether somebody reads it"] = (test, channel) => new RightsRepository(test._single).FindAsync(channel, test._users[2], CancellationToken.None),
        ["who of the connected reads it"] = (test, channel) => new RosterRepository(test._single).ListPresentAsync(channel, test._users, CancellationToken.None),
        ["whose presence one may know"] = (test, _) => new LastSeenRepository(test._single).FindVisibleAsync(test._users[2], test._users, CancellationToken.None),
        ["the preview"] = (test, channel) => test.PreviewAsync(channel),
    };

    public static IEnumerable<string> DeedNames => Deeds.Keys;

    [TestCaseSource(nameof(DeedNames))]
    public async Task Whatever_is_done_costs_the_same(string name)
    {
        var deed = Deeds[name];
        // Once each before it counts: a first time may open a connection.
        foreach (var channel in new[] { _few, _many }) await deed(this, channel);
        var few = await CostAsync(() => deed(this, _few));
        var many = await CostAsync(() => deed(this, _many));
        TestContext.Out.WriteLine($"{name}: {few} with {Few} readers, {many} with {Many}");
        Assert.That(many.Statements, Is.EqualTo(few.Statements));
        Assert.That(many.Rows, Is.LessThanOrEqualTo(few.Rows + 10), "rows");
    }

    [Test]
    public async Task The_counter_counts_who_is_in()
    {
        var sql = "SELECT subscriber_count FROM chats WHERE chat_id = @channel";
        var counted = "SELECT COUNT(*) FROM chat_participants WHERE chat_id = @channel AND left_at IS NULL";
        await using var appender = Appender(Database.Database);
        var channels = new ChannelRepository(Database.Database, appender, TimeProvider.System);
        await Task.WhenAll(_users.Skip(3).SelectMany(user => Enumerable.Range(0, 4).Select(_ => channels.JoinAsync(_few, user))));
        Assert.That(await Database.ScalarAsync<long>(sql, new { channel = _few }), Is.EqualTo(await Database.ScalarAsync<long>(counted, new { channel = _few })));
        await Task.WhenAll(_users.Skip(3).SelectMany(user => Enumerable.Range(0, 4).Select(_ => channels.LeaveAsync(_few, user))));
        Assert.That(await Database.ScalarAsync<long>(sql, new { channel = _few }), Is.EqualTo(await Database.ScalarAsync<long>(counted, new { channel = _few })));
    }

    /// <summary>Owned by the first user, with the second as an admin and the third among its readers.</summary>
    private async Task<long> ChannelAsync(int readers)
    {
        await using var appender = Appender(Database.Database);
        var (change, _) = await new ChannelRepository(Database.Database, appender, TimeProvider.System).CreateAsync(
            _users[0], Guid.NewGuid(), new NewChannel("News", null, $"news_{readers}", Signatures: true), CancellationToken.None);
        await Database.ExecuteAsync(
            """
            INSERT INTO chat_participants (chat_id, user_id, role, joined_at)
            SELECT @ChatId, u.user_id, 'member', u.created_at FROM users u WHERE u.name LIKE 'Reader %' ORDER BY u.user_id LIMIT @readers
            """,
            new { change.ChatId, readers });
        await Database.ExecuteAsync(
            "INSERT INTO chat_participants (chat_id, user_id, role, joined_at) VALUES (@ChatId, @Admin, 'admin', @now), (@ChatId, @Reader, 'member', @now)",
            new { change.ChatId, Admin = _users[1], Reader = _users[2], now = DateTime.UnixEpoch });
        await Database.ExecuteAsync("UPDATE chats SET subscriber_count = @readers + 3 WHERE chat_id = @ChatId", new { change.ChatId, readers });
        for (var i = 0; i < 3; i++) await appender.AppendAsync((await Database.RosterAsync(change.ChatId)).Message(_users[0]).AsPost("Person 0"));
        return change.ChatId;
    }

    private async Task PostAsync(long channel, long version = 0)
    {
        var roster = await Database.RosterAsync(channel);
        Assert.That(roster.Members.Keys, Is.EquivalentTo(_users.Take(2)), "only those who run it");
        await using var appender = Appender();
        var result = await appender.AppendAsync((roster with { Version = roster.Version + version }).Message(_users[0]).AsPost("Person 0"));
        Assert.That(result.Outcome, Is.EqualTo(AppendOutcome.Stored));
    }

    private async Task ComeAndGoAsync(long channel)
    {
        await using var appender = Appender();
        Assert.That((await Channels(appender).JoinAsync(channel, _users[3])).Outcome, Is.EqualTo(GroupOutcome.Done));
        Assert.That((await Channels(appender).LeaveAsync(channel, _users[3])).Outcome, Is.EqualTo(GroupOutcome.Done));
    }

    private async Task AddAndRemoveAsync(long channel)
    {
        await using var appender = Appender();
        var groups = new GroupRepository(_single, appender, TimeProvider.System);
        Assert.That((await groups.AddMembersAsync(channel, _users[1], [_users[4]], 1)).Outcome, Is.EqualTo(GroupOutcome.Done), "no limit");
        Assert.That((await groups.RemoveMemberAsync(channel, _users[1], _users[4])).Outcome, Is.EqualTo(GroupOutcome.Done));
    }

    private async Task PromoteAndDemoteAsync(long channel)
    {
        await using var appender = Appender();
        var roles = new GroupRoleRepository(appender, TimeProvider.System);
        Assert.That((await roles.PromoteAsync(channel, _users[0], _users[2])).Outcome, Is.EqualTo(GroupOutcome.Done));
        Assert.That((await roles.DemoteAsync(channel, _users[0], _users[2])).Outcome, Is.EqualTo(GroupOutcome.Done));
    }

    private async Task MarkAsync(long channel)
    {
        var last = await Database.ScalarAsync<long>("SELECT last_message_id FROM chats WHERE chat_id = @channel", new { channel });
        await Database.ExecuteAsync(
            "UPDATE chat_participants SET read_up_to = 0 WHERE chat_id = @channel AND user_id = @User", new { channel, User = _users[2] });
        await using var writer = new ReceiptWriter(_single, _ => { }, new ReceiptLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System);
        Assert.That((await writer.MarkAsync(new Mark(channel, _users[2], last, Read: true))).Outcome, Is.EqualTo(MarkOutcome.Advanced));
    }

    private async Task EditAndDeleteAsync(long channel)
    {
        await PostAsync(channel);
        var last = await Database.ScalarAsync<long>("SELECT last_message_id FROM chats WHERE chat_id = @channel", new { channel });
        await using var appender = Appender();
        var editor = new MessageEditor(_single, appender, TimeProvider.System);
        Assert.That((await editor.EditAsync(channel, _users[0], last, "edited", [], DateTime.UnixEpoch)).Outcome, Is.EqualTo(ChangeOutcome.Done));
        Assert.That((await editor.DeleteAsync(channel, _users[1], [last], DateTime.UnixEpoch)).Outcome, Is.EqualTo(ChangeOutcome.Done));
    }

    private async Task PreviewAsync(long channel)
    {
        await using var appender = Appender();
        Assert.That(await Channels(appender).PreviewAsync(channel, long.MaxValue, 50, CancellationToken.None), Is.Not.Empty);
    }

    private ChannelRepository Channels(MessageAppender appender) => new(_single, appender, TimeProvider.System);

    /// <summary>Lanes hold a connection each once they have stored a message, so there is one lane, and it is over before the next thing begins.</summary>
    private MessageAppender Appender(ChatDatabase? database = null) => new(
        database ?? _single, new RecordingObserver(), new AppenderLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);

    private async Task<Cost> CostAsync(Func<Task> deed)
    {
        var before = await CountersAsync();
        await deed();
        var after = await CountersAsync();
        return new Cost(after.Statements - before.Statements, after.Rows - before.Rows);
    }

    private Task<Cost> CountersAsync() => _single.QueryAsync(async connection =>
    {
        var rows = (await connection.QueryAsync<(string Name, string Value)>("SHOW SESSION STATUS WHERE Variable_name = 'Questions' OR Variable_name LIKE 'Handler_read%'"))
            .ToDictionary(row => row.Name, row => long.Parse(row.Value, CultureInfo.InvariantCulture));
        return new Cost(rows["Questions"], rows.Where(row => row.Key != "Questions").Sum(row => row.Value));
    }, CancellationToken.None);

    private sealed record Cost(long Statements, long Rows);
}

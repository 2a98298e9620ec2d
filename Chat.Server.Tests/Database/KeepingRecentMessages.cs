using System.Text.Json;
using Chat.Data.Chats;
using Chat.Data.Disappearing;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Data.Pins;
using Chat.Data.Polls;
using Chat.Data.Reactions;
using Chat.Data.Receipts;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>
/// A node that holds messages answers as one that holds none, whatever was done to them meanwhile and wherever: nobody tells it of anything.
/// </summary>
[TestFixture]
public sealed class KeepingRecentMessages : DatabaseFixture
{
    private const int Sent = 12;

    private readonly ManualTime _time = new();
    private IReadOnlyList<long> _users = [];
    private MessageAppender _appender = null!;
    private RecentMessages _recent = null!;
    private long _chat;

    [SetUp]
    public async Task MakeAChat()
    {
        _recent = new RecentMessages(_time, maxBytes: 1 << 20);
        _users = await Database.UsersAsync(3);
        _appender = new MessageAppender(
            Database.Database, new RecordingObserver(), new AppenderLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);
        _chat = (await Database.GroupAsync(_users)).ChatId;
        for (var i = 0; i < Sent; i++) await SendAsync(_users[i % 2]);
        await SendAsync(_users[0], message => message with { Type = "poll", Text = null, Body = """{"poll":{"question":"?","options":[{"text":"a","votes":0},{"text":"b","votes":0}],"multiple":false,"anonymous":false,"voters":0}}""" });
        await SendAsync(_users[1]);
    }

    [TearDown]
    public ValueTask EndAppending() => _appender.DisposeAsync();

    private static readonly Dictionary<string, Func<KeepingRecentMessages, Task>> Deeds = new()
    {
        ["nothing"] = _ => Task.CompletedTask,
        ["a message"] = test => test.SendAsync(test._users[2]),
        ["an edit"] = async test => Assert.That((await test.Editor.EditAsync(test._chat, test._users[1], Sent, "edited", [], DateTime.UnixEpoch)).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["a deletion"] = async test => Assert.That((await test.Editor.DeleteAsync(test._chat, test._users[1], [Sent, Sent + 2], DateTime.UnixEpoch)).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["a hiding"] = async test => Assert.That((await test.Editor.HideAsync(test._chat, test._users[2], [Sent - 1])).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["a hiding of the last"] = async test => Assert.That((await test.Editor.HideAsync(test._chat, test._users[2], [Sent + 1, Sent + 2])).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["a reaction"] = async test => Assert.That((await new ReactionRepository(test.Database.Database, test._appender, TimeProvider.System)
            .SetAsync(test._chat, test._users[2], Sent + 2, "👍", 20)).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["a pin"] = async test => Assert.That((await new PinRepository(test.Database.Database, test._appender, TimeProvider.System)
            .PinAsync(test._chat, test._users[0], Sent, 10)).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["a vote"] = async test => Assert.That((await new PollRepository(test.Database.Database, test._appender, TimeProvider.System)
            .VoteAsync(test._chat, test._users[2], Sent + 1, 2)).Outcome, Is.EqualTo(ChangeOutcome.Done)),
        ["an end of messages"] = test => test.ExpireAsync(),
        ["a mark"] = test => test.MarkAsync(),
    };

    public static IEnumerable<string> DeedNames => Deeds.Keys;

    [TestCaseSource(nameof(DeedNames))]
    public async Task What_is_kept_is_never_what_was(string name)
    {
        await ReadAllAsync(_recent);
        var (hits, misses) = (_recent.Hits, _recent.Misses);
        await ReadAllAsync(_recent);
        Assert.That((_recent.Hits, _recent.Misses), Is.EqualTo((hits + hits + misses, misses)), "the second time all of it is held");

        await Deeds[name](this);
        var kept = await ReadAllAsync(_recent);
        Assert.That(kept, Is.EqualTo(await ReadAllAsync(recent: null)));
        Assert.That(await ReadAllAsync(_recent), Is.EqualTo(kept), "and then from memory");
    }

    /// <summary>What each of the people sees: the list, and what came after any message.</summary>
    private async Task<IReadOnlyList<string>> ReadAllAsync(RecentMessages? recent)
    {
        var heads = new ChatHeadRepository(Database.Database, recent);
        var history = new HistoryRepository(Database.Database, recent: recent);
        var answers = new List<string>();
        foreach (var userId in _users)
        {
            answers.Add($"{userId}: {JsonSerializer.Serialize(await heads.ListAsync(userId, after: null, 50, CancellationToken.None))}");
            answers.Add($"{userId}: {JsonSerializer.Serialize(await heads.FindAsync(_chat, userId, CancellationToken.None))}");
            // From the earliest on: what is held of the newest for the list would do for the last ones only.
            for (var after = 0; after <= Sent + 3; after++)
                answers.Add($"{userId} after {after}: {JsonSerializer.Serialize(await history.SyncAsync(_chat, userId, after, new SyncMarks(null, null), 50, CancellationToken.None))}");
        }
        return answers;
    }

    [Test]
    public void Only_the_same_version_finds_it_and_not_for_ever()
    {
        var version = new ChatVersion(9, 4, DateTime.UnixEpoch);
        _recent.Keep(1, version, from: 8, [Row(8), Row(9)]);
        Assert.That(_recent.TryFind(1, version, 8, out var rows), Is.True);
        Assert.That(rows!.Select(row => row.MessageId), Is.EqualTo(new[] { 8, 9 }));
        Assert.That(_recent.TryFind(1, version, 9, out _), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(_recent.TryFind(1, version, 7, out _), Is.False, "nobody knows what is before");
            Assert.That(_recent.TryFind(2, version, 9, out _), Is.False, "another chat");
            Assert.That(_recent.TryFind(1, version with { LastMessageId = 10 }, 9, out _), Is.False, "another message");
            Assert.That(_recent.TryFind(1, version with { LastChangeId = 5 }, 9, out _), Is.False, "a change");
            Assert.That(_recent.TryFind(1, version with { LastMessageAt = DateTime.UnixEpoch.AddTicks(10) }, 9, out _), Is.False, "another history");
        });
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.That(_recent.TryFind(1, version, 9, out _), Is.False, "too old");
    }

    [Test]
    public void Who_is_asked_for_stays_and_the_memory_is_bounded()
    {
        var version = new ChatVersion(1, 0, null);
        var recent = new RecentMessages(_time, maxBytes: 100_000);
        for (var chat = 1; chat <= 1000; chat++)
        {
            recent.Keep(chat, version, 1, [Row(1)]);
            Assert.That(recent.TryFind(1, version, 1, out _), Is.True, "asked for all the time");
        }
        var held = Enumerable.Range(1, 1000).Count(chat => recent.TryFind(chat, version, 1, out _));
        Assert.That(held, Is.InRange(50, 250));

        recent.Keep(2000, version, 1, [Row(1) with { ExpiresAt = DateTime.MaxValue }]);
        Assert.That(recent.TryFind(2000, version, 1, out _), Is.False, "what ends by itself is not held");
        RecentMessages.None.Keep(1, version, 1, [Row(1)]);
        Assert.That(RecentMessages.None.TryFind(1, version, 1, out _), Is.False);
    }

    private static MessageRow Row(long messageId) => HubHarness.Message(1, messageId);

    private MessageEditor Editor => new(Database.Database, _appender, TimeProvider.System);

    private async Task SendAsync(long senderId, Func<NewMessage, NewMessage>? with = null)
    {
        var message = (await Database.RosterAsync(_chat)).Message(senderId);
        Assert.That((await _appender.AppendAsync(with?.Invoke(message) ?? message)).Outcome, Is.EqualTo(AppendOutcome.Stored));
    }

    private async Task ExpireAsync()
    {
        await Database.ExecuteAsync(
            "UPDATE messages SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE chat_id = @chat AND message_id IN @ids", new { chat = _chat, ids = new[] { 5, Sent + 2 } });
        var expired = await new DisappearingRepository(Database.Database, _appender, TimeProvider.System).ExpireAsync(new DueMessages(_chat, [5, Sent + 2], [DateTime.UnixEpoch]));
        Assert.That(expired, Is.EqualTo(2));
    }

    private async Task MarkAsync()
    {
        await using var writer = new ReceiptWriter(Database.Database, _ => { }, new ReceiptLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System);
        Assert.That((await writer.MarkAsync(new Mark(_chat, _users[2], Sent, Read: true))).Outcome, Is.EqualTo(MarkOutcome.Advanced));
    }
}

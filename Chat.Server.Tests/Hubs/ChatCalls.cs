using Chat.Data.Chats;
using Chat.Server.Errors;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary><c>ChatHub.Chats.cs</c> with the database mocked.</summary>
[TestFixture]
public sealed class ChatCalls
{
    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new HubHarness();

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [Test]
    public async Task Opening_a_direct_chat_finds_or_makes_it_and_returns_its_head()
    {
        _harness.DirectChats.Setup(d => d.OpenAsync(HubHarness.Ann, HubHarness.Bob, _harness.Time.Now.UtcDateTime, It.IsAny<CancellationToken>())).ReturnsAsync(HubHarness.DirectChat);
        _harness.Heads.Setup(h => h.FindAsync(HubHarness.DirectChat, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync(HubHarness.Head(HubHarness.DirectChat, "direct"));
        var chat = await _harness.As(HubHarness.Ann).OpenDirectChat(new OpenDirectChatRequest(HubHarness.Bob));
        Assert.That((chat.ChatId, chat.Type, chat.Peer?.UserId, chat.Title), Is.EqualTo((HubHarness.DirectChat, ChatTypes.Direct, (long?)HubHarness.Bob, (string?)null)));
        Assert.That(_harness.Pushes.All, Is.Empty, "a chat without a message is nobody else's business yet");
    }

    [Test]
    public void Opening_a_chat_with_oneself_is_invalid()
    {
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).OpenDirectChat(new OpenDirectChatRequest(HubHarness.Ann)));
        Assert.That(error.WireText, Does.StartWith("invalid: userId: "));
    }

    [Test]
    public void Opening_a_chat_with_nobody_is_not_found()
    {
        _harness.DirectChats.Setup(d => d.OpenAsync(HubHarness.Ann, 5, It.IsAny<DateTime>(), It.IsAny<CancellationToken>())).ReturnsAsync((long?)null);
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).OpenDirectChat(new OpenDirectChatRequest(5)));
        Assert.That(error.WireText, Does.StartWith("not_found: this user"));
    }

    [Test]
    public async Task A_head_shows_the_last_message_as_it_is()
    {
        var head = HubHarness.Head(HubHarness.Group) with
        {
            LastMessageId = 9, LastMessage = HubHarness.SystemMessage(HubHarness.Group, 9, """{"kind":"members_added","userIds":[33],"title":null}"""),
            DeliveredUpTo = 8, ReadUpTo = 7, OthersDeliveredUpTo = 6, OthersReadUpTo = 5, UnreadCount = 2,
        };
        _harness.Heads.Setup(h => h.FindAsync(HubHarness.Group, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync(head);
        var chat = await _harness.As(HubHarness.Ann).GetChat(new GetChatRequest(HubHarness.Group));
        Assert.Multiple(() =>
        {
            Assert.That(chat.LastMessage!.ClientMessageId, Is.Null, "system messages have no name");
            Assert.That(chat.LastMessage.System!.UserIds, Is.EqualTo(new[] { 33 }));
            Assert.That(chat.Watermarks, Is.EqualTo(new WatermarksView(8, 7, 6, 5)));
            Assert.That((chat.UnreadCount, chat.MemberCount, chat.Role, chat.Title), Is.EqualTo((2, 3, "owner", "Title")));
        });
    }

    [Test]
    public void The_head_of_somebody_elses_chat_is_not_found()
    {
        _harness.Heads.Setup(h => h.FindAsync(5, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync((ChatHeadRow?)null);
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).GetChat(new GetChatRequest(5)));
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [TestCase(2, false)]
    [TestCase(3, false)]
    [TestCase(4, true)]
    public async Task A_page_of_the_list_knows_whether_there_is_more(int rows, bool more)
    {
        _harness.Heads.Setup(h => h.ListAsync(HubHarness.Ann, null, 4, It.IsAny<CancellationToken>()))
            .ReturnsAsync([.. Enumerable.Range(1, rows).Select(i => HubHarness.Head(i))]);
        var page = await _harness.As(HubHarness.Ann).ListChats(new ListChatsRequest(Limit: 3));
        Assert.That(page.Chats.Select(c => c.ChatId), Is.EqualTo(Enumerable.Range(1, Math.Min(rows, 3))));
        Assert.That(page.NextCursor is not null, Is.EqualTo(more));
        if (!more) return;

        // The cursor leads on from the last chat of the page.
        _harness.Heads.Setup(h => h.ListAsync(HubHarness.Ann, new ChatListPosition(DateTime.UnixEpoch.AddDays(3), 3), 51, It.IsAny<CancellationToken>())).ReturnsAsync([]);
        var next = await _harness.As(HubHarness.Ann).ListChats(new ListChatsRequest(page.NextCursor));
        Assert.That((next.Chats.Count, next.NextCursor), Is.EqualTo((0, (string?)null)));
    }

    [Test]
    public void A_cursor_that_is_none_is_invalid()
    {
        foreach (var cursor in new[] { "x", "!!", "AAAA", new string('A', 100) })
            Assert.That(
                Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).ListChats(new ListChatsRequest(cursor))).WireText,
                Does.StartWith("invalid: cursor: "));
    }

    [Test]
    public async Task Participants_come_in_pages()
    {
        var rows = Enumerable.Range(1, 3).Select(i => new ParticipantRow(i, $"Person {i}", null, null, null, null, "member", DateTime.UnixEpoch, 4, 3)).ToList();
        _harness.Participants.Setup(p => p.ListAsync(HubHarness.Group, HubHarness.Ann, 7, 3, It.IsAny<CancellationToken>())).ReturnsAsync(rows);
        var page = await _harness.As(HubHarness.Ann).ListParticipants(new ListParticipantsRequest(HubHarness.Group, AfterUserId: 7, Limit: 2));
        Assert.That(page.Participants.Select(p => (p.User.UserId, p.DeliveredUpTo, p.ReadUpTo)), Is.EqualTo(new[] { (1L, 4L, 3L), (2L, 4L, 3L) }));
        Assert.That(page.HasMore, Is.True);
    }

    [Test]
    public async Task An_empty_page_of_participants_is_the_end_or_somebody_elses_chat()
    {
        _harness.Participants.Setup(p => p.ListAsync(It.IsAny<long>(), HubHarness.Ann, 0, 101, It.IsAny<CancellationToken>())).ReturnsAsync([]);
        _harness.Heads.Setup(h => h.FindAsync(HubHarness.Group, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync(HubHarness.Head(HubHarness.Group));
        _harness.Heads.Setup(h => h.FindAsync(5, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync((ChatHeadRow?)null);
        Assert.That((await _harness.As(HubHarness.Ann).ListParticipants(new ListParticipantsRequest(HubHarness.Group))).Participants, Is.Empty);
        Assert.That(
            Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).ListParticipants(new ListParticipantsRequest(5))).Code,
            Is.EqualTo(ErrorCodes.NotFound));
    }
}

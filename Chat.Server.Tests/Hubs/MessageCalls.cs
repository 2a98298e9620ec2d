using Chat.Data;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Messages;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary><c>ChatHub.Messages.cs</c> with the database mocked.</summary>
[TestFixture]
public sealed class MessageCalls
{
    private static readonly ChatPosition Position = new(VisibleFrom: 1, LastMessageId: 50, DeliveredUpTo: 4, ReadUpTo: 3, OthersDeliveredUpTo: 2, OthersReadUpTo: 1);

    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new HubHarness(new SyncOptions(TooLongAfter: 40));

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [Test]
    public async Task A_send_hands_the_message_to_the_appender_and_answers_its_result()
    {
        NewMessage? appended = null;
        _harness.Appender.Setup(a => a.AppendAsync(It.IsAny<NewMessage>())).Callback((NewMessage m) => appended = m)
            .ReturnsAsync(new AppendResult(AppendOutcome.Stored, 7, DateTime.UnixEpoch));
        var id = Guid.NewGuid();
        var result = await _harness.As(HubHarness.Ann, "phone").SendMessage(new SendMessageRequest(HubHarness.DirectChat, id, "hello"));
        Assert.That(result, Is.EqualTo(new SendMessageResult(HubHarness.DirectChat, 7, DateTime.UnixEpoch, Duplicate: false)));
        Assert.That((appended!.SenderId, appended.ClientMessageId, appended.Text, appended.Origin, appended.Roster.ChatId),
            Is.EqualTo((HubHarness.Ann, id, "hello", (string?)"phone", HubHarness.DirectChat)));
        Assert.That(_harness.Pushes.All, Is.Empty, "only the appender's observer pushes");
    }

    [Test]
    public async Task A_repeat_answers_the_first_result()
    {
        _harness.Appender.Setup(a => a.AppendAsync(It.IsAny<NewMessage>())).ReturnsAsync(new AppendResult(AppendOutcome.Duplicate, 7, DateTime.UnixEpoch));
        var result = await _harness.As(HubHarness.Ann).SendMessage(new SendMessageRequest(HubHarness.DirectChat, Guid.NewGuid(), "hello"));
        Assert.That((result.MessageId, result.Duplicate), Is.EqualTo((7L, true)));
    }

    [Test]
    public void A_send_of_a_stranger_never_reaches_the_appender()
    {
        _harness.KnowsNoChat(999);
        var stranger = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Carol).SendMessage(new SendMessageRequest(HubHarness.DirectChat, Guid.NewGuid(), "x")));
        var nowhere = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Carol).SendMessage(new SendMessageRequest(999, Guid.NewGuid(), "x")));
        Assert.That(stranger.WireText, Is.EqualTo(nowhere.WireText).And.StartsWith("not_found: "));
    }

    [Test]
    public void A_sender_whom_the_database_knows_to_be_gone_is_not_found()
    {
        _harness.Appender.Setup(a => a.AppendAsync(It.IsAny<NewMessage>())).ReturnsAsync(new AppendResult(AppendOutcome.NotAParticipant, 0, default));
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Bob).SendMessage(new SendMessageRequest(HubHarness.Group, Guid.NewGuid(), "x")));
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task Sends_reach_the_appender_in_order_while_the_roster_is_still_being_read()
    {
        var roster = new TaskCompletionSource<Chat.Data.Chats.Roster?>();
        _harness.RosterReader.Setup(r => r.GetAsync(HubHarness.Group, It.IsAny<CancellationToken>())).Returns(roster.Task);
        var texts = new List<string>();
        _harness.Appender.Setup(a => a.AppendAsync(It.IsAny<NewMessage>())).Callback((NewMessage m) => texts.Add(m.Text!))
            .ReturnsAsync(new AppendResult(AppendOutcome.Stored, 1, default));
        var sends = Enumerable.Range(0, 50).Select(i => _harness.As(HubHarness.Ann).SendMessage(new SendMessageRequest(HubHarness.Group, Guid.NewGuid(), $"{i}"))).ToList();
        Assert.That(texts, Is.Empty);
        roster.SetResult(Seed.Believed(HubHarness.Group, "group", HubHarness.Ann));
        await Task.WhenAll(sends).OrDeadline();
        Assert.That(texts, Is.EqualTo(Enumerable.Range(0, 50).Select(i => $"{i}")));
    }

    [Test]
    public async Task A_send_into_a_known_chat_is_enqueued_before_the_call_returns()
    {
        await _harness.Rosters.GetAsync(HubHarness.Group);
        var stored = new TaskCompletionSource<AppendResult>();
        _harness.Appender.Setup(a => a.AppendAsync(It.IsAny<NewMessage>())).Returns(stored.Task);
        var send = _harness.As(HubHarness.Ann).SendMessage(new SendMessageRequest(HubHarness.Group, Guid.NewGuid(), "x"));
        _harness.Appender.Verify(a => a.AppendAsync(It.IsAny<NewMessage>()), Times.Once);
        Assert.That(send.IsCompleted, Is.False, "and answered only when it is stored");
        stored.SetResult(new AppendResult(AppendOutcome.Stored, 1, default));
        await send;
    }

    [TestCase(typeof(AppenderBusyException))]
    [TestCase(typeof(DataUnavailableException))]
    public void What_the_appender_cannot_do_is_not_swallowed(Type fault)
    {
        var exception = fault == typeof(AppenderBusyException) ? (Exception)new AppenderBusyException("busy") : new DataUnavailableException(new IOException());
        _harness.Appender.Setup(a => a.AppendAsync(It.IsAny<NewMessage>())).ThrowsAsync(exception);
        Assert.That(
            async () => await _harness.As(HubHarness.Ann).SendMessage(new SendMessageRequest(HubHarness.Group, Guid.NewGuid(), "x")),
            Throws.InstanceOf(fault));
    }

    [Test]
    public async Task The_latest_page_of_history()
    {
        SetupPage(HistoryAnchor.Before, long.MaxValue, limit: 4, 47, 48, 49, 50);
        var page = await _harness.As(HubHarness.Ann).ListMessages(new ListMessagesRequest(HubHarness.Group, Limit: 3));
        Assert.That(page.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 48, 49, 50 }));
        Assert.That((page.HasOlder, page.HasNewer), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_page_after_a_message()
    {
        SetupPage(HistoryAnchor.After, 10, limit: 4, 11, 12, 13, 14);
        var page = await _harness.As(HubHarness.Ann).ListMessages(new ListMessagesRequest(HubHarness.Group, AfterMessageId: 10, Limit: 3));
        Assert.That(page.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 11, 12, 13 }));
        Assert.That((page.HasOlder, page.HasNewer), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task A_page_around_a_message()
    {
        _harness.History.Setup(h => h.ReadAroundAsync(HubHarness.Group, HubHarness.Ann, 20, 3, 3, It.IsAny<CancellationToken>()))
            .ReturnsAsync((Position, Rows(18, 19, 20), Rows(21, 22, 23)));
        var page = await _harness.As(HubHarness.Ann).ListMessages(new ListMessagesRequest(HubHarness.Group, AroundMessageId: 20, Limit: 4));
        Assert.That(page.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 19, 20, 21, 22 }));
        Assert.That((page.HasOlder, page.HasNewer), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Sync_page_by_page()
    {
        SetupSync(45, limit: 3, 46, 47, 48, 49);
        var first = await _harness.As(HubHarness.Ann).SyncChat(new SyncChatRequest(HubHarness.Group, 45, Limit: 3));
        Assert.That((first.UpToMessageId, first.LastMessageId, first.HasMore, first.TooLong), Is.EqualTo((48L, 50L, true, false)));
        Assert.That(first.Watermarks, Is.EqualTo(new WatermarksView(4, 3, 2, 1)));
        SetupSync(48, limit: 3, 49, 50, 51);
        var second = await _harness.As(HubHarness.Ann).SyncChat(new SyncChatRequest(HubHarness.Group, 48, Limit: 3));
        Assert.That((second.UpToMessageId, second.LastMessageId, second.HasMore), Is.EqualTo((51L, 51L, false)), "one came after the position was read");
    }

    [Test]
    public async Task Sync_accounts_for_what_one_may_not_see()
    {
        SetupSync(45, limit: 100, 46, 47);
        var result = await _harness.As(HubHarness.Ann).SyncChat(new SyncChatRequest(HubHarness.Group, 45));
        Assert.That((result.Messages.Count, result.UpToMessageId, result.LastMessageId, result.HasMore), Is.EqualTo((2, 50L, 50L, false)));
    }

    [Test]
    public async Task Sync_starts_afresh_where_the_gap_is_too_long()
    {
        SetupSync(9, limit: 3, 10, 11, 12, 13);
        SetupLatest(limit: 3, 48, 49, 50);
        var result = await _harness.As(HubHarness.Ann).SyncChat(new SyncChatRequest(HubHarness.Group, 9, Limit: 3));
        Assert.That((result.TooLong, result.HasMore, result.UpToMessageId), Is.EqualTo((true, false, 50L)));
        Assert.That(result.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 48, 49, 50 }));
    }

    [Test]
    public void Somebody_elses_history_is_not_found()
    {
        _harness.History.Setup(h => h.SyncAsync(5, HubHarness.Ann, It.IsAny<long>(), It.IsAny<SyncMarks>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((SyncPage?)null);
        _harness.History.Setup(h => h.ReadPageAsync(5, HubHarness.Ann, It.IsAny<HistoryAnchor>(), It.IsAny<long>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(((ChatPosition, IReadOnlyList<MessageRow>)?)null);
        _harness.History.Setup(h => h.ReadAroundAsync(5, HubHarness.Ann, It.IsAny<long>(), It.IsAny<int>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(((ChatPosition, IReadOnlyList<MessageRow>, IReadOnlyList<MessageRow>)?)null);
        var hub = _harness.As(HubHarness.Ann);
        foreach (var call in new Func<Task>[]
        {
            () => hub.ListMessages(new ListMessagesRequest(5)), () => hub.ListMessages(new ListMessagesRequest(5, AroundMessageId: 3)), () => hub.SyncChat(new SyncChatRequest(5, 0)),
        })
            Assert.That(Assert.ThrowsAsync<ChatException>(call).Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    private void SetupPage(HistoryAnchor anchor, long messageId, int limit, params long[] ids) =>
        _harness.History.Setup(h => h.ReadPageAsync(HubHarness.Group, HubHarness.Ann, anchor, messageId, limit, It.IsAny<CancellationToken>()))
            .ReturnsAsync((Position, Rows(ids)));

    /// <summary>What a sync reads, which no replica may serve.</summary>
    private void SetupSync(long messageId, int limit, params long[] ids) =>
        _harness.History.Setup(h => h.SyncAsync(HubHarness.Group, HubHarness.Ann, messageId, It.IsAny<SyncMarks>(), limit, It.IsAny<CancellationToken>()))
            .ReturnsAsync(new SyncPage(Position, Rows(ids), [], new SyncMarks(0, 0), []));

    private void SetupLatest(int limit, params long[] ids) =>
        _harness.History.Setup(h => h.ReadAsync(HubHarness.Group, HubHarness.Ann, HistoryAnchor.Before, long.MaxValue, limit, It.IsAny<CancellationToken>()))
            .ReturnsAsync((Position, Rows(ids)));

    private static IReadOnlyList<MessageRow> Rows(params long[] ids) => [.. ids.Select(id => HubHarness.Message(HubHarness.Group, id))];
}

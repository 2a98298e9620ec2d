using Chat.Data.Messages;
using Chat.Data.Notifications;
using Chat.Server.Features.Notifications;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Flows;

/// <summary>People are notified of what they have not read, once a chat, and of nothing that they do not want or may not see.</summary>
[TestFixture]
public sealed class Notifying : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;

    protected override Dictionary<string, string> Settings => new() { ["Notifications:Delay"] = "00:00:00.2" };

    [SetUp]
    public async Task Meet() =>
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();

    [Test]
    public async Task Messages_of_a_chat_are_one_notification_until_they_are_read()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        for (var i = 0; i < 3; i++) await _ann.SendAsync(chat, $"hello {i}");
        var heard = await _bob.Notifications.WaitForAsync(n => n.ChatId == chat && n.MessageId == 3);
        Assert.That((heard.Kind, heard.ActorId), Is.EqualTo((NotificationTypes.Messages, _ann.UserId)));
        var listed = (await ListAsync(_bob)).Notifications.Single();
        Assert.That((listed.Kind, listed.ChatId, listed.MessageId, listed.UnreadCount, listed.Actor.Name), Is.EqualTo((NotificationTypes.Messages, chat, (long?)3, (int?)3, "Ann")));
        Assert.That((await ListAsync(_ann)).Notifications, Is.Empty, "one's own messages notify nobody");

        await _bob.MarkReadAsync(chat, 3);
        Assert.That((await ListAsync(_bob)).Notifications, Is.Empty);
        await _ann.SendAsync(chat, "once more");
        await _bob.Notifications.WaitForAsync(n => n.MessageId == 4);
        Assert.That((await ListAsync(_bob)).Notifications.Single().UnreadCount, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_read_at_once_raises_none()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.SendAsync(chat, "one");
        await _bob.MarkReadAsync(chat, 1);
        await AfterAnotherAsync();
        Assert.That(_bob.Notifications.All, Is.Empty);
    }

    [Test]
    public async Task Not_where_one_muted_the_chat_or_the_kind_or_blocks_the_sender()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        await _bob.UntilInAsync(group);
        await _bob.CallAsync<ChatSettingsView>(nameof(ChatHub.MuteChat), new MuteChatRequest(group, DateTime.UtcNow.AddHours(1)));
        await _carol.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        await _ann.SendAsync(group, "anybody?");
        var direct = (await _ann.OpenDirectChatAsync(_carol)).ChatId;
        await _ann.SendAsync(direct, "withheld");
        var quiet = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _bob.CallAsync<SettingsView>(nameof(ChatHub.SetNotifications), new SetNotificationsRequest("messages", Enabled: false));
        await _ann.SendAsync(quiet, "not this kind");
        await AfterAnotherAsync();
        Assert.That(_bob.Notifications.All.Concat(_carol.Notifications.All).Where(n => n.Kind == NotificationTypes.Messages), Is.Empty);

        await _bob.CallAsync<SettingsView>(nameof(ChatHub.SetNotifications), new SetNotificationsRequest("messages", Enabled: true));
        await _bob.CallAsync<ChatSettingsView>(nameof(ChatHub.MuteChat), new MuteChatRequest(group, null));
        await _ann.SendAsync(group, "and now?");
        await _bob.Notifications.WaitForAsync(n => n.ChatId == group && n.Kind == NotificationTypes.Messages);
        Assert.That(_carol.Notifications.All.Where(n => n.Kind == NotificationTypes.Messages), Is.Empty);
    }

    [Test]
    public async Task Being_named_is_told_also_in_a_muted_chat()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        await _bob.CallAsync<ChatSettingsView>(nameof(ChatHub.MuteChat), new MuteChatRequest(group, DateTime.UtcNow.AddHours(1)));
        var sent = await _ann.CallAsync<SendMessageResult>(
            nameof(ChatHub.SendMessage), new SendMessageRequest(group, Guid.NewGuid(), "@Bob, look", Mentions: [_bob.UserId]));
        var heard = await _bob.Notifications.WaitForAsync(n => n.Kind == NotificationTypes.Mention);
        Assert.That((heard.ChatId, heard.MessageId, heard.ActorId), Is.EqualTo((group, (long?)sent.MessageId, _ann.UserId)));
        await _carol.Notifications.WaitForAsync(n => n.MessageId == sent.MessageId && n.Kind == NotificationTypes.Messages);
        Assert.That(_carol.Notifications.All.Where(n => n.Kind == NotificationTypes.Mention), Is.Empty);
        Assert.That(await KindsAsync(_bob), Does.Contain(NotificationTypes.Mention).And.Not.Contain(NotificationTypes.Messages));
        await _bob.MarkReadAsync(group, sent.MessageId);
        Assert.That(await KindsAsync(_bob), Is.Empty);
    }

    [Test]
    public async Task What_was_deleted_or_left_takes_its_notification_along()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(group);
        var message = (await _ann.SendAsync(group, "a mistake")).MessageId;
        await _bob.Notifications.WaitForAsync(n => n.MessageId == message);
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(group, [message], ForEveryone: true));
        Assert.That(await KindsAsync(_bob), Does.Not.Contain(NotificationTypes.Messages));

        await _ann.SendAsync(group, "still here");
        await _bob.Notifications.WaitForAsync(n => n.MessageId == message + 1);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(group, _bob.UserId));
        Assert.That(await KindsAsync(_bob), Is.Empty);
    }

    [Test]
    public async Task Being_added_and_being_asked_raise_notifications()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var added = await _bob.Notifications.WaitForAsync(n => n.ChatId == group && n.Kind == NotificationTypes.Invite);
        Assert.That(added.ActorId, Is.EqualTo(_ann.UserId));
        Assert.That(await KindsAsync(_bob), Is.EqualTo(new[] { NotificationTypes.Invite }));

        var invite = await _ann.CallAsync<CreateInviteResult>(nameof(ChatHub.CreateInvite), new CreateInviteRequest(group, NeedsApproval: true));
        await _carol.CallAsync<JoinByInviteResult>(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite.Code));
        var asked = await _ann.Notifications.WaitForAsync(n => n.Kind == NotificationTypes.JoinRequest);
        Assert.That((asked.ChatId, asked.ActorId), Is.EqualTo((group, _carol.UserId)));
        Assert.That(await KindsAsync(_ann), Is.EqualTo(new[] { NotificationTypes.JoinRequest }));
        Assert.That(_bob.Notifications.All.Where(n => n.Kind == NotificationTypes.JoinRequest), Is.Empty, "who may not answer is not asked");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AnswerJoinRequest), new AnswerJoinRequestRequest(group, _carol.UserId, Approve: true));
        Assert.That(await KindsAsync(_ann), Is.Empty);
        await _carol.Notifications.WaitForAsync(n => n.ChatId == group && n.Kind == NotificationTypes.Invite);
    }

    [Test]
    public async Task They_are_listed_page_by_page_and_marked()
    {
        var chats = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            await using var friend = await RegisterAsync($"Friend {i}");
            var chat = (await friend.OpenDirectChatAsync(_bob)).ChatId;
            await friend.SendAsync(chat, "hi");
            await _bob.Notifications.WaitForAsync(n => n.ChatId == chat);
            chats.Add(chat);
        }
        var first = await ListAsync(_bob, limit: 2);
        var second = await ListAsync(_bob, first.Cursor, limit: 2);
        Assert.That(first.Notifications.Concat(second.Notifications).Select(n => n.ChatId), Is.EqualTo(Enumerable.Reverse(chats)));
        Assert.That(second.Cursor, Is.Null);

        Assert.That(await MarkAsync(_ann, chats[0]), Is.Zero, "others' are not one's own");
        Assert.That(await MarkAsync(_bob, chats[0]), Is.EqualTo(1));
        Assert.That((await ListAsync(_bob)).Notifications.Select(n => n.ChatId), Is.EqualTo(new[] { chats[2], chats[1] }));
        Assert.That(await MarkAsync(_bob), Is.EqualTo(2));
        Assert.That((await ListAsync(_bob)).Notifications, Is.Empty);
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.ListNotifications), new ListNotificationsRequest("bm90IG9uZQ")), Does.StartWith("invalid: cursor: "));
    }

    [Test]
    public async Task Old_ones_are_deleted()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.SendAsync(chat, "long ago");
        await _bob.Notifications.WaitForAsync(n => n.ChatId == chat);
        await Database.ExecuteAsync("UPDATE notifications SET raised_at = '2020-01-01' WHERE chat_id = @chat", new { chat });
        await Server.Services.GetRequiredService<NotificationWorker>().CleanUpAsync(CancellationToken.None);
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM notifications WHERE chat_id = @chat", new { chat }), Is.Zero);
    }

    [Test]
    public async Task Where_the_newest_of_a_sender_is_deleted_the_one_before_it_counts()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        var first = (await _ann.SendAsync(group, "first")).MessageId;
        var other = (await _carol.SendAsync(group, "between")).MessageId;
        var last = (await _ann.SendAsync(group, "last")).MessageId;
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(group, [last], ForEveryone: true));
        var store = Server.Services.GetRequiredService<INotificationStore>();
        var found = await store.FindReadersAsync([new MessageSpan(group, first, last, [other, last])], TimeProvider.System.GetUtcNow().UtcDateTime, CancellationToken.None);
        Assert.That(found.Select(n => (n.UserId, n.MessageId, n.ActorId)), Is.EquivalentTo(new[]
        {
            (_bob.UserId, (long?)other, _carol.UserId), (_carol.UserId, first, _ann.UserId), (_ann.UserId, other, _carol.UserId),
        }));
    }

    [Test]
    public void Of_each_sender_the_newest_message_is_noted()
    {
        var backlog = new NotificationBacklog();
        backlog.Add([.. new[] { (1, 7), (2, 8), (3, 7), (4, 9), (9, 7) }.Select(m => new StoredMessage(HubHarness.Message(5, m.Item1, m.Item2), null, null))]);
        var span = backlog.TakeAll().Spans.Single();
        Assert.That((span.ChatId, span.First, span.Last), Is.EqualTo((5L, 1L, 9L)));
        Assert.That(span.Newest, Is.EquivalentTo(new[] { 9L, 2, 4 }));
    }

    [Test]
    public void Of_a_crowd_the_last_messages_are_noted()
    {
        var backlog = new NotificationBacklog();
        for (var id = 1; id <= 500; id++) backlog.Add([new StoredMessage(HubHarness.Message(5, id, senderId: id), null, null)]);
        var span = backlog.TakeAll().Spans.Single();
        Assert.That((span.First, span.Last), Is.EqualTo((450L, 500L)));
        Assert.That(span.Newest, Is.EquivalentTo(Enumerable.Range(450, 51).Select(id => (long)id)));
    }

    [Test]
    public void What_finds_no_room_is_dropped_and_counted()
    {
        var backlog = new NotificationBacklog(capacity: 1);
        backlog.JoinRequested(1, 2, [3]);
        backlog.JoinRequested(1, 4, [3]);
        Assert.That((backlog.Count, backlog.Dropped), Is.EqualTo((1, 1L)));
        Assert.That(backlog.TakeAll().News, Has.Count.EqualTo(1));
        Assert.That(backlog.Count, Is.Zero);
    }

    /// <summary>Waits until something sent now has raised its notification: what was sent before has had its turn.</summary>
    private async Task AfterAnotherAsync()
    {
        await using var last = await RegisterAsync("Last");
        var chat = (await _ann.OpenDirectChatAsync(last)).ChatId;
        await _ann.SendAsync(chat, "last");
        await last.Notifications.WaitForAsync(n => n.ChatId == chat);
    }

    private static Task<NotificationPage> ListAsync(TestClient who, string? cursor = null, int? limit = null) =>
        who.CallAsync<NotificationPage>(nameof(ChatHub.ListNotifications), new ListNotificationsRequest(cursor, limit));

    private static async Task<IEnumerable<string>> KindsAsync(TestClient who) => (await ListAsync(who)).Notifications.Select(n => n.Kind);

    private static async Task<int> MarkAsync(TestClient who, params long[] chatIds) => (await who.CallAsync<MarkNotificationsResult>(
        nameof(ChatHub.MarkNotificationsRead), new MarkNotificationsReadRequest(chatIds.Length == 0 ? null : chatIds))).Marked;
}

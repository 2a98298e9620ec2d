using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Edits and deletions: live, for who was away, and nothing of them where they must not be seen.</summary>
[TestFixture]
public sealed class ChangingMessages : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    [SetUp]
    public async Task Meet()
    {
        _ann = await RegisterAsync("Ann");
        _bob = await RegisterAsync("Bob");
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [TearDown]
    public async Task Part()
    {
        await _ann.DisposeAsync();
        await _bob.DisposeAsync();
    }

    [Test]
    public async Task An_edit_is_told_to_everybody_and_its_history_kept()
    {
        var sent = await _ann.SendAsync(_chat, "helo");
        var result = await EditAsync(_ann, sent.MessageId, "hello");
        var change = await _bob.Changes.WaitForAsync(c => c.ChangeId == result.ChangeId);
        Assert.That((change.Kind, change.ActorId, change.Message!.Text), Is.EqualTo((MessageChangeKinds.Edited, (long?)_ann.UserId, "hello")));
        Assert.That((change.Message.ChangeId, change.Message.EditedAt), Is.EqualTo((result.ChangeId, change.Message.EditedAt)));
        Assert.That(change.Message.EditedAt, Is.Not.Null);
        await _ann.Changes.WaitForAsync(c => c == change);

        var versions = await _bob.CallAsync<MessageVersions>(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, sent.MessageId));
        Assert.That(versions.Versions, Is.EqualTo(new[] { new MessageVersionView("helo", sent.SentAt) }));
        Assert.That((await EditAsync(_ann, sent.MessageId, "hello")).ChangeId, Is.Null, "it reads so already");
    }

    [Test]
    public async Task What_changed_while_one_was_away_arrives_by_sync()
    {
        var (first, second, third) = (await _ann.SendAsync(_chat, "one"), await _ann.SendAsync(_chat, "two"), await _ann.SendAsync(_chat, "three"));
        var held = await SyncAsync(_bob, 0, null, null);
        await _bob.Hub.StopAsync();
        await EditAsync(_ann, first.MessageId, "one and a half");
        await EditAsync(_ann, first.MessageId, "1");
        await DeleteAsync(_ann, forEveryone: true, second.MessageId);
        await _bob.ReconnectAsync();

        var head = await _bob.GetChatAsync(_chat);
        Assert.That(head.LastChangeId, Is.EqualTo(held.UpToChangeId + 3));
        var sync = await SyncAsync(_bob, third.MessageId, held.UpToChangeId, held.UpToHideId);
        Assert.That(sync.Changes.Select(m => (m.MessageId, m.Text, m.DeletedAt is not null)),
            Is.EqualTo(new[] { (first.MessageId, "1", false), (second.MessageId, (string?)null, true) }));
        Assert.That((sync.UpToChangeId, sync.LastChangeId, sync.HasMore), Is.EqualTo((head.LastChangeId, head.LastChangeId, false)));
    }

    [Test]
    public async Task Many_are_deleted_at_once()
    {
        for (var i = 0; i < 6; i++) await _ann.SendAsync(_chat, $"{i}");
        var before = await SyncAsync(_bob, 0, null, null);
        var result = await DeleteAsync(_ann, forEveryone: true, 5, 2, 4);
        Assert.That(result.ChangeId, Is.EqualTo(before.UpToChangeId + 3));
        await _bob.Changes.WaitForAsync(c => c.ChangeId == result.ChangeId);
        Assert.That(_bob.Changes.All.Select(c => (c.ChangeId - before.UpToChangeId, c.Message!.MessageId, c.Message.ChangeId)), Is.EqualTo(new[]
        {
            (1, 2, before.UpToChangeId + 1), (2, 4, before.UpToChangeId + 2), (3, 5, (long?)before.UpToChangeId + 3),
        }));
        var sync = await SyncAsync(_bob, 6, before.UpToChangeId, before.UpToHideId);
        Assert.That(sync.Changes.Select(m => (m.MessageId, m.ChangeId)), Is.EqualTo(_bob.Changes.All.Select(c => (c.Message!.MessageId, c.Message.ChangeId))));

        var hiding = await DeleteAsync(_bob, forEveryone: false, 6, 3);
        Assert.That(hiding.HideId, Is.EqualTo(before.UpToHideId + 2));
        Assert.That((await SyncAsync(_bob, 6, sync.UpToChangeId, before.UpToHideId)).HiddenIds, Is.EqualTo(new[] { 3, 6 }));
    }

    [Test]
    public async Task In_a_list_the_last_message_that_one_sees_stands_in_for_one_that_one_hid()
    {
        await using var carol = await RegisterAsync("Carol");
        var other = (await carol.OpenDirectChatAsync(_bob)).ChatId;
        foreach (var (chat, sender) in new[] { (_chat, _ann), (other, carol) })
        {
            await sender.SendAsync(chat, "seen");
            var hidden = await sender.SendAsync(chat, "hidden");
            await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [hidden.MessageId]));
        }
        var page = await _bob.ListChatsAsync();
        Assert.That(page.Chats.Where(c => c.ChatId == _chat || c.ChatId == other).Select(c => c.LastMessage!.Text), Is.EqualTo(new[] { "seen", "seen" }));
    }

    [Test]
    public async Task Changes_come_in_pages()
    {
        var sent = new List<SendMessageResult>();
        for (var i = 0; i < 5; i++) sent.Add(await _ann.SendAsync(_chat, $"text {i}"));
        foreach (var message in sent) await EditAsync(_ann, message.MessageId, "edited");
        var (changeId, ids) = (0L, new List<long>());
        SyncChatResult page;
        do
        {
            page = await _bob.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, sent[^1].MessageId, 2, changeId, 0));
            ids.AddRange(page.Changes.Select(m => m.MessageId));
            changeId = page.UpToChangeId;
        }
        while (page.HasMore);
        Assert.That(ids, Is.EqualTo(sent.Select(m => m.MessageId)));
    }

    [Test]
    public async Task A_message_that_is_deleted_for_all_leaves_a_tombstone_everywhere()
    {
        var sent = await _ann.SendAsync(_chat, "a secret");
        await EditAsync(_ann, sent.MessageId, "another secret");
        Assert.That((await _bob.GetChatAsync(_chat)).UnreadCount, Is.EqualTo(1));
        var result = await DeleteAsync(_ann, forEveryone: true, sent.MessageId);
        var change = await _bob.Changes.WaitForAsync(c => c.ChangeId == result.ChangeId);
        var head = await _bob.GetChatAsync(_chat);
        var page = await _bob.ListMessagesAsync(new ListMessagesRequest(_chat));
        var versions = await _bob.CallAsync<MessageVersions>(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, sent.MessageId));
        Assert.Multiple(() =>
        {
            Assert.That(change.Kind, Is.EqualTo(MessageChangeKinds.Deleted));
            Assert.That((change.Message!.Type, change.Message.Text, change.Message.EditedAt), Is.EqualTo(("text", (string?)null, (DateTime?)null)));
            Assert.That(change.Message.DeletedAt, Is.Not.Null);
            Assert.That(head.LastMessage, Is.EqualTo(change.Message));
            Assert.That(page.Messages.Single(), Is.EqualTo(change.Message));
            Assert.That(head.UnreadCount, Is.Zero);
            Assert.That(versions.Versions, Is.Empty);
        });
        Assert.That((await DeleteAsync(_ann, forEveryone: true, sent.MessageId)).ChangeId, Is.Null, "it is deleted already");
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "x")), Does.StartWith("invalid: messageId"));
    }

    [Test]
    public async Task A_message_that_one_deleted_for_oneself_is_gone_for_that_one_alone()
    {
        var (first, last) = (await _ann.SendAsync(_chat, "one"), await _ann.SendAsync(_chat, "two"));
        await using var device = await _bob.AnotherDeviceAsync();
        var result = await DeleteAsync(_bob, forEveryone: false, last.MessageId, 999);
        var told = await device.Hidings.WaitForAsync(h => h.HideId == result.HideId);
        Assert.That(told.MessageIds, Is.EqualTo(new[] { last.MessageId }));

        var head = await _bob.GetChatAsync(_chat);
        Assert.That((head.LastMessage!.MessageId, head.UnreadCount, head.LastHideId), Is.EqualTo((first.MessageId, 1, 1L)));
        Assert.That((await _bob.ListMessagesAsync(new ListMessagesRequest(_chat))).Messages.Select(m => m.MessageId), Is.EqualTo(new[] { first.MessageId }));
        var sync = await SyncAsync(_bob, 0, 0, 0);
        Assert.That(sync.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { first.MessageId }));
        Assert.That((sync.HiddenIds, sync.UpToHideId, sync.UpToMessageId), Is.EqualTo((new[] { last.MessageId }, 1L, last.MessageId)));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, last.MessageId)), Does.StartWith("not_found"));
        Assert.That((await _ann.GetChatAsync(_chat)).LastMessage!.MessageId, Is.EqualTo(last.MessageId), "others still have it");

        // What happens to it later is counted by who hid it, and not told.
        var edit = await EditAsync(_ann, last.MessageId, "two, edited");
        var change = await _bob.Changes.WaitForAsync(c => c.ChangeId == edit.ChangeId);
        Assert.That(change, Is.EqualTo(new MessageChangedEvent(_chat, edit.ChangeId!.Value, null, null, null)));
        Assert.That((await SyncAsync(_bob, last.MessageId, 0, 0)).Changes, Is.Empty);
    }

    [Test]
    public async Task Somebody_elses_message_is_not_ones_own_to_change()
    {
        var sent = await _ann.SendAsync(_chat, "mine");
        var edit = await _bob.RefusalAsync(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "yours"));
        var deletion = await _bob.RefusalAsync(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [sent.MessageId], true));
        Assert.That(new[] { edit, deletion }, Has.All.StartWith("forbidden: "));
        Assert.That((await _ann.ListMessagesAsync(new ListMessagesRequest(_chat))).Messages.Single().Text, Is.EqualTo("mine"));
    }

    [Test]
    public async Task The_owner_of_a_group_deletes_what_others_sent_and_newcomers_learn_nothing_of_it()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(group);
        var sent = await _bob.SendAsync(group, "before you came");
        await using var late = await RegisterAsync("Late");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [late.UserId]));
        await late.UntilInAsync(group);

        var edit = await _bob.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(group, sent.MessageId, "still"));
        var told = await late.Changes.WaitForAsync(c => c.ChangeId == edit.ChangeId);
        Assert.That(told, Is.EqualTo(new MessageChangedEvent(group, edit.ChangeId!.Value, null, null, null)));
        var deletion = await _ann.CallAsync<DeleteMessagesResult>(
            nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(group, [sent.MessageId], true));
        var change = await _bob.Changes.WaitForAsync(c => c.ChangeId == deletion.ChangeId);
        Assert.That((change.ActorId, change.Message!.DeletedAt is not null), Is.EqualTo(((long?)_ann.UserId, true)));
    }

    [Test]
    public async Task A_message_becomes_too_old_to_change()
    {
        var sent = await _ann.SendAsync(_chat, "long ago");
        await Database.ExecuteAsync(
            "UPDATE messages SET sent_at = sent_at - INTERVAL 3 DAY WHERE chat_id = @chat AND message_id = @id", new { chat = _chat, id = sent.MessageId });
        var edit = await _ann.RefusalAsync(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "now"));
        var deletion = await _ann.RefusalAsync(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [sent.MessageId], true));
        Assert.That(new[] { edit, deletion }, Has.All.StartWith("forbidden: this message is too old"));
    }

    private Task<MessageChangeResult> EditAsync(TestClient client, long messageId, string text) =>
        client.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, messageId, text));

    private Task<DeleteMessagesResult> DeleteAsync(TestClient client, bool forEveryone, params long[] messageIds) =>
        client.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, messageIds, forEveryone));

    private Task<SyncChatResult> SyncAsync(TestClient client, long messageId, long? changeId, long? hideId) =>
        client.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, messageId, null, changeId, hideId));
}

using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Pinned messages: who may, who sees which, and how long they stay.</summary>
[TestFixture]
public sealed class Pinning : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _group;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(_group);
    }

    [Test]
    public async Task A_pin_is_told_recorded_and_listed()
    {
        var (first, second) = (await _ann.SendAsync(_group, "one"), await _bob.SendAsync(_group, "two"));
        var held = await SyncAsync(_bob, 0, null);
        await PinAsync(_ann, _group, first.MessageId);
        var pin = await PinAsync(_ann, _group, second.MessageId);
        Assert.That((await PinAsync(_ann, _group, second.MessageId)).ChangeId, Is.Null, "it is so already");

        var heard = await _bob.Changes.WaitForAsync(c => c.ChangeId == pin.ChangeId);
        Assert.That((heard.Kind, heard.ActorId, heard.Message!.Pinned), Is.EqualTo((MessageChangeKinds.Pinned, (long?)_ann.UserId, true)));
        var recorded = await _bob.Messages.WaitForAsync(m => m.System is { Kind: SystemMessageKinds.MessagePinned, MessageId: var id } && id == second.MessageId);
        Assert.That(recorded.SenderId, Is.EqualTo(_ann.UserId));
        var sync = await SyncAsync(_bob, held.UpToMessageId, held.UpToChangeId);
        Assert.That(sync.Changes.Select(m => (m.MessageId, m.Pinned)), Is.EqualTo(new[] { (first.MessageId, (bool?)true), (second.MessageId, true) }));
        Assert.That(sync.Messages.Select(m => m.System!.MessageId), Is.EqualTo(new[] { first.MessageId, second.MessageId }));

        var pinned = (await ListAsync(_bob, _group)).Pinned;
        Assert.That(pinned.Select(p => (p.Message.Text, p.PinnedBy)), Is.EqualTo(new[] { ("two", _ann.UserId), ("one", _ann.UserId) }));

        var unpin = await UnpinAsync(_ann, _group, second.MessageId);
        heard = await _bob.Changes.WaitForAsync(c => c.ChangeId == unpin.ChangeId);
        Assert.That((heard.Kind, heard.Message!.Pinned), Is.EqualTo((MessageChangeKinds.Unpinned, (bool?)null)));
        Assert.That((await ListAsync(_bob, _group)).Pinned.Select(p => p.Message.Text), Is.EqualTo(new[] { "one" }));
        Assert.That((await UnpinAsync(_ann, _group, second.MessageId)).ChangeId, Is.Null);
    }

    [Test]
    public async Task A_member_needs_the_right()
    {
        var sent = await _bob.SendAsync(_group, "mine");
        Assert.That(await RefusalAsync(_bob, sent.MessageId), Does.StartWith("forbidden: "));
        await _ann.CallAsync<MembershipResult>(
            nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(_group, _bob.UserId, ["send_text", "pin"]));
        Assert.That((await PinAsync(_bob, _group, sent.MessageId)).ChangeId, Is.Not.Null);
    }

    [Test]
    public async Task What_is_deleted_is_no_longer_pinned_and_what_one_hid_is_not_listed()
    {
        var (first, second) = (await _ann.SendAsync(_group, "one"), await _ann.SendAsync(_group, "two"));
        await PinAsync(_ann, _group, first.MessageId);
        await PinAsync(_ann, _group, second.MessageId);
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [second.MessageId]));
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [first.MessageId], true));
        Assert.That((await ListAsync(_ann, _group)).Pinned.Select(p => p.Message.Text), Is.EqualTo(new[] { "two" }));
        Assert.That((await ListAsync(_bob, _group)).Pinned, Is.Empty);
        Assert.That(await RefusalAsync(_ann, first.MessageId), Does.StartWith("invalid: messageId: "), "deleted");
        Assert.That(await RefusalAsync(_ann, 1), Does.StartWith("invalid: messageId: "), "a system message");
    }

    [Test]
    public async Task Newcomers_see_none_from_before_their_time()
    {
        var sent = await _ann.SendAsync(_group, "before");
        await PinAsync(_ann, _group, sent.MessageId);
        await using var late = await RegisterAsync("Late");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(_group, [late.UserId]));
        Assert.That((await ListAsync(late, _group)).Pinned, Is.Empty);
    }

    [Test]
    public async Task In_a_direct_chat_both_may_unless_one_blocks_the_other()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        var sent = await _ann.SendAsync(chat, "keep this");
        await PinAsync(_bob, chat, sent.MessageId);
        await _ann.Messages.WaitForAsync(m => m.ChatId == chat && m.System?.Kind == SystemMessageKinds.MessagePinned);
        await _bob.Messages.WaitForAsync(m => m.ChatId == chat && m.System?.Kind == SystemMessageKinds.MessagePinned);
        await UnpinAsync(_ann, chat, sent.MessageId);

        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        var withheld = await _ann.SendAsync(chat, "withheld");
        var before = await _bob.GetChatAsync(chat);
        foreach (var client in new[] { _ann, _bob })
            Assert.That(await client.RefusalAsync(nameof(ChatHub.PinMessage), new PinMessageRequest(chat, sent.MessageId)), Does.StartWith("forbidden: "));
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(_ann.UserId));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.PinMessage), new PinMessageRequest(chat, withheld.MessageId)), Does.StartWith("invalid: "));
        var after = await _bob.GetChatAsync(chat);
        Assert.That((after.LastMessageId, after.LastChangeId), Is.EqualTo((before.LastMessageId, before.LastChangeId)));
    }

    [Test]
    public async Task A_chat_has_so_many_and_no_more()
    {
        await Database.MessagesAsync(_group, _ann.UserId, Limits.PinnedMessages + 1);
        await Database.ExecuteAsync(
            """
            INSERT INTO pinned_messages (chat_id, message_id, pinned_by, pinned_at)
            SELECT chat_id, message_id, sender_id, sent_at FROM messages WHERE chat_id = @chat AND message_type = 'text' ORDER BY message_id LIMIT 100
            """,
            new { chat = _group });
        var last = (await _ann.GetChatAsync(_group)).LastMessageId;
        Assert.That(await RefusalAsync(_ann, last), Does.StartWith("too_large: messageId: "));
        Assert.That((await ListAsync(_bob, _group)).Pinned, Has.Count.EqualTo(Limits.PinnedMessages));
    }

    private static Task<MessageChangeResult> PinAsync(TestClient client, long chatId, long messageId) =>
        client.CallAsync<MessageChangeResult>(nameof(ChatHub.PinMessage), new PinMessageRequest(chatId, messageId));

    private static Task<MessageChangeResult> UnpinAsync(TestClient client, long chatId, long messageId) =>
        client.CallAsync<MessageChangeResult>(nameof(ChatHub.UnpinMessage), new UnpinMessageRequest(chatId, messageId));

    private Task<string> RefusalAsync(TestClient client, long messageId) =>
        client.RefusalAsync(nameof(ChatHub.PinMessage), new PinMessageRequest(_group, messageId));

    private static Task<PinnedPage> ListAsync(TestClient client, long chatId) =>
        client.CallAsync<PinnedPage>(nameof(ChatHub.ListPinned), new ListPinnedRequest(chatId));

    private Task<SyncChatResult> SyncAsync(TestClient client, long messageId, long? changeId) =>
        client.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_group, messageId, null, changeId, 0));
}

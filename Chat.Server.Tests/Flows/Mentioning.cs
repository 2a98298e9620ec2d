using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Who is named in a message hears so, and is told how many such messages are unread: on all devices, whatever lies between.</summary>
[TestFixture]
public sealed class Mentioning : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        await _bob.UntilInAsync(_group);
        await _carol.UntilInAsync(_group);
    }

    [Test]
    public async Task Who_is_named_is_told_live_and_by_the_head_until_it_is_read()
    {
        await using var phone = await _bob.AnotherDeviceAsync();
        var first = await SendAsync(_ann, _bob, _carol);
        await _ann.SendAsync(_group, "and something else");
        var second = await SendAsync(_ann, _bob);
        Assert.That((await phone.Messages.WaitForAsync(m => m.MessageId == first.MessageId)).Mentions, Is.EqualTo(new[] { _bob.UserId, _carol.UserId }));
        Assert.That((await _bob.CatchUpAsync(_group)).Single(m => m.MessageId == first.MessageId).Mentions, Is.EqualTo(new[] { _bob.UserId, _carol.UserId }));
        Assert.That(await UnreadAsync(_bob), Is.EqualTo((2, 3)));
        Assert.That(await UnreadAsync(phone), Is.EqualTo((2, 3)));
        Assert.That(await UnreadAsync(_carol), Is.EqualTo((1, 3)));
        Assert.That(await UnreadAsync(_ann), Is.EqualTo((0, 0)));
        Assert.That((await _bob.ListChatsAsync()).Chats.Single(c => c.ChatId == _group).UnreadMentions, Is.EqualTo(2));

        await phone.MarkReadAsync(_group, first.MessageId);
        Assert.That(await UnreadAsync(_bob), Is.EqualTo((1, 2)));
        await _bob.MarkReadAsync(_group, second.MessageId);
        Assert.That(await UnreadAsync(phone), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task People_who_are_not_in_the_chat_and_oneself_are_passed_over()
    {
        await using var stranger = await RegisterAsync("Stranger");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(_group, _carol.UserId));
        var sent = await SendAsync(_ann, stranger, _carol, _ann, _bob, _bob);
        Assert.That((await _bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId)).Mentions, Is.EqualTo(new[] { _bob.UserId }));
        var none = await SendAsync(_ann, stranger);
        Assert.That((await _bob.Messages.WaitForAsync(m => m.MessageId == none.MessageId)).Mentions, Is.Null);
        Assert.That(
            await Database.ListAsync<long>("SELECT user_id FROM message_mentions WHERE chat_id = @chat", new { chat = _group }),
            Is.EqualTo(new[] { _bob.UserId }));
    }

    [Test]
    public async Task They_count_however_many_messages_come_after()
    {
        await SendAsync(_ann, _bob);
        await Database.MessagesAsync(_group, _ann.UserId, 3000);
        Assert.That((await _bob.GetChatAsync(_group)).UnreadMentions, Is.EqualTo(1));
    }

    [Test]
    public async Task An_edit_names_others_and_says_so_also_to_who_was_away()
    {
        var sent = await SendAsync(_ann, _bob);
        var held = await _carol.SyncAsync(_group, 0);
        await EditAsync(sent.MessageId, "@carol", _carol);
        Assert.That(await UnreadAsync(_bob), Is.EqualTo((0, 1)));
        Assert.That(await UnreadAsync(_carol), Is.EqualTo((1, 1)));
        Assert.That((await _bob.Changes.WaitForAsync(c => c.Message?.Text == "@carol")).Message!.Mentions, Is.EqualTo(new[] { _carol.UserId }));
        var sync = await _carol.CallAsync<SyncChatResult>(
            nameof(ChatHub.SyncChat), new SyncChatRequest(_group, held.UpToMessageId, null, held.UpToChangeId, 0));
        Assert.That(sync.Changes.Single().Mentions, Is.EqualTo(new[] { _carol.UserId }));

        Assert.That((await EditAsync(sent.MessageId, "@carol", _carol)).ChangeId, Is.Null, "it is so already");
        Assert.That((await EditAsync(sent.MessageId, "@carol", _bob, _carol)).ChangeId, Is.Not.Null, "only the mentions change");
        Assert.That(await UnreadAsync(_bob), Is.EqualTo((1, 1)));
        await EditAsync(sent.MessageId, "nobody");
        Assert.That((await UnreadAsync(_bob), await UnreadAsync(_carol)), Is.EqualTo(((0, 1), (0, 1))));
        Assert.That((await _bob.CatchUpAsync(_group)).Single(m => m.MessageId == sent.MessageId).Mentions, Is.Null);
    }

    [Test]
    public async Task What_is_deleted_or_hidden_counts_no_more()
    {
        var (first, second) = (await SendAsync(_ann, _bob, _carol), await SendAsync(_ann, _bob, _carol));
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [first.MessageId]));
        Assert.That((await UnreadAsync(_bob), await UnreadAsync(_carol)), Is.EqualTo(((1, 1), (2, 2))));
        await EditAsync(first.MessageId, "@bob, again", _bob, _carol);
        Assert.That(await UnreadAsync(_bob), Is.EqualTo((1, 1)), "an edit does not bring up what one hid");
        await _ann.CallAsync<DeleteMessagesResult>(
            nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [first.MessageId, second.MessageId], ForEveryone: true));
        Assert.That((await UnreadAsync(_bob), await UnreadAsync(_carol)), Is.EqualTo(((0, 0), (0, 0))));
    }

    [Test]
    public async Task A_withheld_message_names_nobody()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.SendAsync(chat, "before");
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        var sent = await _ann.CallAsync<SendMessageResult>(
            nameof(ChatHub.SendMessage), new SendMessageRequest(chat, Guid.NewGuid(), "@bob", Mentions: [_bob.UserId]));
        Assert.That(sent.Withheld, Is.True);
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(chat, sent.MessageId, "@bob!", [_bob.UserId]));
        Assert.That((await _bob.GetChatAsync(chat)).UnreadMentions, Is.Zero);
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM message_mentions WHERE chat_id = @chat", new { chat }), Is.Zero);
    }

    [Test]
    public async Task Who_comes_back_is_not_named_in_what_lies_before()
    {
        await SendAsync(_ann, _bob);
        await _bob.CallAsync<MembershipResult>(nameof(ChatHub.LeaveGroup), new LeaveGroupRequest(_group));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(_group, [_bob.UserId]));
        Assert.That((await _bob.GetChatAsync(_group)).UnreadMentions, Is.Zero);
        await SendAsync(_ann, _bob);
        Assert.That((await _bob.GetChatAsync(_group)).UnreadMentions, Is.EqualTo(1));
    }

    private async Task<(int Mentions, int Unread)> UnreadAsync(TestClient client)
    {
        var head = await client.GetChatAsync(_group);
        return (head.UnreadMentions, head.UnreadCount);
    }

    private Task<SendMessageResult> SendAsync(TestClient sender, params IEnumerable<TestClient> named) => sender.CallAsync<SendMessageResult>(
        nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), "@…", Mentions: [.. named.Select(n => n.UserId)]));

    private Task<MessageChangeResult> EditAsync(long messageId, string text, params IEnumerable<TestClient> named)
    {
        var mentions = named.Select(n => n.UserId).ToList();
        return _ann.CallAsync<MessageChangeResult>(
            nameof(ChatHub.EditMessage), new EditMessageRequest(_group, messageId, text, mentions.Count > 0 ? mentions : null));
    }
}

using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Forwarded messages: new ones of whoever forwards, that keep their first origin, only of what one sees, and only where one may send.</summary>
[TestFixture]
public sealed class Forwarding : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;
    private long _direct;
    private long _other;

    /// <summary>Bob is in a group with Ann, and in two chats with Carol.</summary>
    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        _direct = (await _bob.OpenDirectChatAsync(_carol)).ChatId;
        _other = (await _carol.CreateGroupAsync("Other", _bob)).ChatId;
        await _bob.UntilInAsync(_group);
        await _bob.UntilInAsync(_other);
        await _carol.UntilInAsync(_other);
    }

    [Test]
    public async Task Messages_go_into_several_chats_in_order_and_say_where_they_come_from()
    {
        var text = await _ann.SendAsync(_group, "one");
        var place = await SendAsync(_ann, new SendMessageRequest(_group, Guid.NewGuid(), Location: new LocationView(1, 2)));
        var card = await SendAsync(_bob, new SendMessageRequest(_group, Guid.NewGuid(), Contact: new ContactCardView("Zoë", UserId: 3)));
        var result = await ForwardAsync(_bob, _group, [card.MessageId, text.MessageId, place.MessageId, text.MessageId], [_direct, _other]);

        Assert.That(result.Chats.Select(c => (c.ChatId, c.Messages.Count, c.RefusedIds.Count, c.Error)), Is.EqualTo(new[] { (_direct, 3, 0, (string?)null), (_other, 3, 0, null) }));
        foreach (var chat in result.Chats)
        {
            await _carol.Messages.WaitForAsync(m => m.ChatId == chat.ChatId && m.MessageId == chat.Messages[2].MessageId);
            var read = (await _carol.CatchUpAsync(chat.ChatId)).Where(m => m.System is null).ToList();
            Assert.That(read.Select(m => m.MessageId), Is.EqualTo(chat.Messages.Select(m => m.MessageId)));
            Assert.That(read.Select(m => (m.SenderId, m.Type, m.Text)), Is.EqualTo(new[] { (_bob.UserId, "contact", null), (_bob.UserId, "text", "one"), (_bob.UserId, "location", null) }));
            Assert.That(read.Select(m => m.Forwarded), Is.EqualTo(new[] { new ForwardedView("group", _bob.UserId), new ForwardedView("group", _ann.UserId), new ForwardedView("group", _ann.UserId) }));
            Assert.That(_carol.Messages.All.Where(m => m.ChatId == chat.ChatId && m.System is null).Select(m => m.Forwarded), Is.EqualTo(read.Select(m => m.Forwarded)));
        }
        await _bob.Messages.WaitForAsync(m => m.ChatId == _other && m.Location is not null);
    }

    [Test]
    public async Task The_first_origin_is_kept_and_what_belongs_to_its_chat_is_not()
    {
        var text = await _ann.SendAsync(_group, "first");
        var reply = await SendAsync(_ann, new SendMessageRequest(_group, Guid.NewGuid(), "@bob", ReplyTo: text.MessageId, Mentions: [_bob.UserId]));
        var once = (await ForwardAsync(_bob, _group, [reply.MessageId], [_other])).Chats[0].Messages[0];
        await _carol.Messages.WaitForAsync(m => m.ChatId == _other && m.MessageId == once.MessageId);
        var twice = (await ForwardAsync(_carol, _other, [once.MessageId], [_direct])).Chats[0].Messages[0];
        var read = (await _bob.CatchUpAsync(_direct)).Single(m => m.MessageId == twice.MessageId);
        Assert.That((read.SenderId, read.Text, read.Forwarded, read.ReplyTo, read.Mentions),
            Is.EqualTo((_carol.UserId, "@bob", new ForwardedView("group", _ann.UserId), (ReplyView?)null, (IReadOnlyList<long>?)null)));
        Assert.That((await _bob.GetChatAsync(_direct)).UnreadMentions, Is.Zero);
    }

    [Test]
    public async Task A_repeat_stores_nothing_again_also_when_an_original_is_gone_by_then()
    {
        var (first, second) = (await _ann.SendAsync(_group, "one"), await _ann.SendAsync(_group, "two"));
        var id = Guid.NewGuid();
        var result = await ForwardAsync(_bob, _group, [first.MessageId, second.MessageId], [_direct, _other], id);
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [first.MessageId], ForEveryone: true));
        var again = await ForwardAsync(_bob, _group, [first.MessageId, second.MessageId], [_direct, _other], id);
        Assert.That(again.Chats.SelectMany(c => c.Messages), Is.EqualTo(result.Chats.SelectMany(c => c.Messages.Select(m => m with { Duplicate = true }))));
        Assert.That((await _bob.CatchUpAsync(_direct)).Select(m => m.Text), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(await RefusalAsync(_bob, _group, [first.MessageId], [_direct]), Does.StartWith("not_found: "), "under another name it is a new call");
    }

    [Test]
    public async Task Only_what_one_sees_and_what_can_be_forwarded()
    {
        var (first, second) = (await _ann.SendAsync(_group, "one"), await _ann.SendAsync(_group, "two"));
        var unknown = await RefusalAsync(_bob, _group, [first.MessageId, 999], [_direct]);
        Assert.That(unknown, Does.StartWith("not_found: "));
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [second.MessageId]));
        Assert.That(await RefusalAsync(_bob, _group, [second.MessageId], [_direct]), Is.EqualTo(unknown), "hidden");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(_group, [_carol.UserId]));
        Assert.That(await RefusalAsync(_carol, _group, [first.MessageId], [_direct]), Is.EqualTo(unknown), "from before one joined");
        Assert.That(await RefusalAsync(_bob, _group, [1], [_direct]), Does.StartWith("invalid: messageIds: "), "a system message");
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [first.MessageId], ForEveryone: true));
        Assert.That(await RefusalAsync(_bob, _group, [first.MessageId], [_direct]), Is.EqualTo(unknown), "deleted");
        Assert.That(await _bob.CatchUpAsync(_direct), Is.Empty);
    }

    [Test]
    public async Task A_chat_of_others_is_no_chat_to_forward_from()
    {
        await _carol.SendAsync(_direct, "for Bob");
        var nothing = await RefusalAsync(_ann, 987_654_321, [1], [_group]);
        Assert.That(nothing, Does.StartWith("not_found: "));
        Assert.That(await RefusalAsync(_ann, _direct, [1], [_group]), Is.EqualTo(nothing));
        Assert.That(await RefusalAsync(_ann, _other, [1], [_group]), Is.EqualTo(nothing));
    }

    [Test]
    public async Task Where_one_may_not_send_it_is_refused_and_the_others_get_it()
    {
        var text = await _ann.SendAsync(_group, "a text");
        var place = await SendAsync(_ann, new SendMessageRequest(_group, Guid.NewGuid(), Location: new LocationView(1, 2)));
        var stranger = (await _ann.CreateGroupAsync("Not Bob's", _carol)).ChatId;
        var before = (await _ann.GetChatAsync(stranger)).LastMessageId;
        await _carol.CallAsync<MembershipResult>(nameof(ChatHub.SetDefaultPermissions), new SetDefaultPermissionsRequest(_other, ["send_text"]));
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_carol.UserId));

        var result = await ForwardAsync(_bob, _group, [text.MessageId, place.MessageId], [_other, stranger, 987_654_321, _direct, _group]);
        Assert.That(result.Chats.Select(c => (c.Messages.Count, Refused: string.Join(',', c.RefusedIds), Code: c.Error?.Split(':')[0])), Is.EqualTo(new[]
        {
            (1, $"{place.MessageId}", (string?)"forbidden"),
            (0, $"{text.MessageId},{place.MessageId}", "not_found"),
            (0, $"{text.MessageId},{place.MessageId}", "not_found"),
            (0, $"{text.MessageId},{place.MessageId}", "forbidden"),
            (2, "", null),
        }));
        Assert.That(result.Chats[1].Error, Is.EqualTo(result.Chats[2].Error), "nobody learns which chats there are");
        Assert.That((await _ann.GetChatAsync(stranger)).LastMessageId, Is.EqualTo(before));
    }

    [Test]
    public async Task What_a_blocked_person_forwards_is_withheld_and_what_was_withheld_is_forwarded_without_the_mark()
    {
        var text = await _ann.SendAsync(_group, "a text");
        await _carol.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_bob.UserId));
        var withheld = (await ForwardAsync(_bob, _group, [text.MessageId], [_direct])).Chats[0].Messages.Single();
        Assert.That(withheld.Withheld, Is.True);
        var open = (await ForwardAsync(_bob, _direct, [withheld.MessageId], [_other])).Chats[0].Messages.Single();
        Assert.That(open.Withheld, Is.Null);
        var read = (await _carol.CatchUpAsync(_other)).Single(m => m.MessageId == open.MessageId);
        Assert.That((read.Withheld, read.Forwarded), Is.EqualTo(((bool?)null, new ForwardedView("group", _ann.UserId))));
        Assert.That(await _carol.CatchUpAsync(_direct), Is.Empty);
    }

    [Test]
    public async Task A_poll_begins_anew()
    {
        var closesAt = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1);
        var sent = await SendAsync(_ann, new SendMessageRequest(_group, Guid.NewGuid(), Poll: new PollDraft("Which?", ["a", "b", "c"], Multiple: true, ClosesAt: closesAt)));
        var original = new VotePollRequest(_group, sent.MessageId, [0, 2]);
        await _bob.CallAsync<MessageChangeResult>(nameof(ChatHub.VotePoll), original);
        var copy = (await ForwardAsync(_bob, _group, [sent.MessageId], [_other])).Chats[0].Messages.Single().MessageId;

        var pushed = await _carol.Messages.WaitForAsync(m => m.ChatId == _other && m.MessageId == copy);
        foreach (var shown in new[] { pushed, await ReadAsync(_carol, _other, copy), await ReadAsync(_bob, _other, copy) })
        {
            Assert.That((shown.Type, shown.SenderId, shown.Forwarded, shown.MyVotes), Is.EqualTo(("poll", _bob.UserId, new ForwardedView("group", _ann.UserId), (IReadOnlyList<int>?)null)));
            Assert.That(shown.Poll!.Options, Is.EqualTo(new[] { new PollOptionView("a", 0), new PollOptionView("b", 0), new PollOptionView("c", 0) }));
            Assert.That((shown.Poll.Question, shown.Poll.Multiple, shown.Poll.Anonymous, shown.Poll.Voters, shown.Poll.ClosedAt), Is.EqualTo(("Which?", true, false, 0, (DateTime?)null)));
            Assert.That(shown.Poll.ClosesAt, Is.EqualTo(closesAt).Within(TimeSpan.FromMilliseconds(1)));
        }

        await _carol.CallAsync<MessageChangeResult>(nameof(ChatHub.VotePoll), new VotePollRequest(_other, copy, [1]));
        Assert.That((await ReadAsync(_ann, _group, sent.MessageId)).Poll!.Options.Select(o => o.Votes), Is.EqualTo(new[] { 1, 0, 1 }));
        Assert.That((await ReadAsync(_bob, _other, copy)).Poll!.Options.Select(o => o.Votes), Is.EqualTo(new[] { 0, 1, 0 }));
        Assert.That(await _carol.RefusalAsync(nameof(ChatHub.ClosePoll), new ClosePollRequest(_other, copy)), Does.StartWith("forbidden: "), "it is Bob's");
    }

    [Test]
    public async Task A_closed_poll_is_open_where_it_goes()
    {
        var past = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);
        var late = await SendAsync(_ann, new SendMessageRequest(_group, Guid.NewGuid(), Poll: new PollDraft("Then?", ["a", "b"], Anonymous: true, ClosesAt: past)));
        var closed = await SendAsync(_ann, new SendMessageRequest(_group, Guid.NewGuid(), Poll: new PollDraft("Now?", ["a", "b"])));
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.ClosePoll), new ClosePollRequest(_group, closed.MessageId));
        var copies = (await ForwardAsync(_bob, _group, [late.MessageId, closed.MessageId], [_direct])).Chats[0].Messages;
        foreach (var copy in copies)
        {
            var read = await ReadAsync(_carol, _direct, copy.MessageId);
            Assert.That((read.Poll!.ClosesAt, read.Poll.ClosedAt, read.Poll.Anonymous), Is.EqualTo(((DateTime?)null, (DateTime?)null, copy == copies[0])));
            await _carol.CallAsync<MessageChangeResult>(nameof(ChatHub.VotePoll), new VotePollRequest(_direct, copy.MessageId, [0]));
        }
    }

    [Test]
    public async Task As_many_as_one_call_may_hold()
    {
        await Database.MessagesAsync(_group, _ann.UserId, 100);
        var last = (await _bob.GetChatAsync(_group)).LastMessageId;
        var ids = Enumerable.Range(0, 100).Select(i => last - i).Reverse().ToList();
        var result = await ForwardAsync(_bob, _group, ids, [_direct, _other]);
        Assert.That(result.Chats.Select(c => c.Messages.Count), Is.EqualTo(new[] { 100, 100 }));
        Assert.That((await _carol.CatchUpAsync(_direct)).Select(m => m.Text), Is.EqualTo(ids.Select(id => $"message {id}")));
    }

    private static async Task<MessageView> ReadAsync(TestClient client, long chatId, long messageId) =>
        (await client.CatchUpAsync(chatId)).Single(m => m.MessageId == messageId);

    private static Task<SendMessageResult> SendAsync(TestClient client, SendMessageRequest request) =>
        client.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);

    private static Task<ForwardMessagesResult> ForwardAsync(
        TestClient client, long from, IReadOnlyList<long> messageIds, IReadOnlyList<long> to, Guid? id = null) =>
        client.CallAsync<ForwardMessagesResult>(nameof(ChatHub.ForwardMessages), new ForwardMessagesRequest(id ?? Guid.NewGuid(), from, messageIds, to));

    private static Task<string> RefusalAsync(TestClient client, long from, IReadOnlyList<long> messageIds, IReadOnlyList<long> to) =>
        client.RefusalAsync(nameof(ChatHub.ForwardMessages), new ForwardMessagesRequest(Guid.NewGuid(), from, messageIds, to));
}

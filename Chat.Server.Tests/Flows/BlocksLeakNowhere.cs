using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>
/// What somebody who is blocked writes is stored and acknowledged as ever, and never reaches whoever blocks them: not by push, page, sync, head,
/// count or tick, and not after the block has ended. Nothing else passes either way.
/// </summary>
[TestFixture]
public sealed class BlocksLeakNowhere : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    /// <summary>Bob blocks Ann; before, each has written to the other.</summary>
    [SetUp]
    public async Task Block()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.SendAsync(_chat, "before");
        await _bob.SendAsync(_chat, "answer");
        await _bob.MarkReadAsync(_chat, 2);
        await _ann.MarkReadAsync(_chat, 2);
        await BlockAsync(_bob, _ann);
    }

    [Test]
    public async Task A_message_under_a_block_is_seen_by_its_sender_alone()
    {
        await using var annsPhone = await _ann.AnotherDeviceAsync();
        var before = await _bob.GetChatAsync(_chat);
        var id = Guid.NewGuid();
        var sent = await _ann.SendAsync(_chat, "withheld", id);
        Assert.That((sent.MessageId, sent.Duplicate, sent.Withheld), Is.EqualTo((3L, false, true)));
        Assert.That((await annsPhone.Messages.WaitForAsync(m => m.MessageId == 3)).Withheld, Is.True);
        Assert.That((await _ann.CatchUpAsync(_chat)).Select(m => (m.Text, m.Withheld)), Is.EqualTo(new[]
        {
            ("before", (bool?)null), ("answer", null), ("withheld", true),
        }));

        await AssertBobSeesNothingAsync("withheld", before);
        Assert.That(await _ann.SendAsync(_chat, "withheld", id), Is.EqualTo(sent with { Duplicate = true }));

        await UnblockAsync(_bob, _ann);
        // A repeat of it, as after a lost answer, must not bring it up again.
        Assert.That((await _ann.SendAsync(_chat, "withheld", id)).Withheld, Is.True);
        Assert.That((await _ann.SendAsync(_chat, "afterwards")).Withheld, Is.Null);
        await _bob.Messages.WaitForAsync(m => m.Text == "afterwards");
        Assert.That(_bob.Messages.All.Select(m => m.Text), Has.None.EqualTo("withheld"));
        Assert.That((await _bob.CatchUpAsync(_chat)).Select(m => m.Text), Is.EqualTo(new[] { "before", "answer", "afterwards" }));
        Assert.That((await _bob.GetChatAsync(_chat)).UnreadCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Its_tick_stays_sent_when_marks_move_past_it()
    {
        await _ann.SendAsync(_chat, "withheld");
        await UnblockAsync(_bob, _ann);
        var later = await _ann.SendAsync(_chat, "afterwards");
        await _bob.MarkReadAsync(_chat, later.MessageId);
        await _ann.Receipts.WaitForAsync(r => r.ChatId == _chat && r.Receipts.Any(v => v.UserId == _bob.UserId && v.ReadUpTo == later.MessageId));

        Assert.That((await _ann.CatchUpAsync(_chat)).Single(m => m.Text == "withheld").Withheld, Is.True, "by which its client knows");
        var info = await _ann.CallAsync<MessageInfo>(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(_chat, 3));
        Assert.That(info.Receipts.Single(), Is.EqualTo(new MessageReceiptView(_bob.UserId, null, null)));
        var other = await _ann.CallAsync<MessageInfo>(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(_chat, later.MessageId));
        Assert.That(other.Receipts.Single().ReadAt, Is.Not.Null);

        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [3], ForEveryone: true));
        Assert.That((await _ann.CatchUpAsync(_chat)).Single(m => m.MessageId == 3).Withheld, Is.True, "a tombstone keeps its tick");
        Assert.That((await _bob.CatchUpAsync(_chat)).Select(m => m.MessageId), Has.None.EqualTo(3));
    }

    [Test]
    public async Task Typing_marks_and_presence_pass_neither_way()
    {
        Assert.That((await TypeAsync(_ann)).HeardBy, Is.True, "who is blocked is not told");
        await TypeAsync(_bob);
        await _ann.SendAsync(_chat, "withheld");
        await _bob.MarkReadAsync(_chat, 3);
        Assert.That((await WatchAsync(_ann, _bob)).Presences, Is.Empty);
        Assert.That((await WatchAsync(_bob, _ann)).Presences, Is.Empty);

        // What goes the same way afterwards comes after all that.
        await UnblockAsync(_bob, _ann);
        await _ann.SendAsync(_chat, "to Bob");
        await _bob.SendAsync(_chat, "to Ann");
        await _bob.Messages.WaitForAsync(m => m.Text == "to Bob");
        await _ann.Messages.WaitForAsync(m => m.Text == "to Ann");
        Assert.That(_ann.Typing.All, Is.Empty);
        Assert.That(_bob.Typing.All, Is.Empty);
        Assert.That(_ann.Receipts.All.SelectMany(r => r.Receipts).Where(v => v.UserId == _bob.UserId).Select(v => v.ReadUpTo), Has.None.GreaterThan(2));
        Assert.That((await WatchAsync(_ann, _bob)).Presences, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Who_blocks_must_unblock_before_writing()
    {
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.SendMessage), new SendMessageRequest(_chat, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "));
        await UnblockAsync(_bob, _ann);
        await _bob.SendAsync(_chat, "x");
        await _ann.Messages.WaitForAsync(m => m.Text == "x");
    }

    [Test]
    public async Task A_chat_that_somebody_blocked_begins_does_not_appear()
    {
        await using var cem = await RegisterAsync("Cem");
        await BlockAsync(_bob, cem);
        var chat = (await cem.OpenDirectChatAsync(_bob)).ChatId;
        await cem.SendAsync(chat, "let me in");
        Assert.That((await _bob.ListChatsAsync()).Chats.Select(c => c.ChatId), Is.EqualTo(new[] { _chat }));
        Assert.That((await cem.ListChatsAsync()).Chats.Single().LastMessage!.Text, Is.EqualTo("let me in"));
        Assert.That((await _bob.GetChatAsync(chat)).LastMessage, Is.Null);
        await UnblockAsync(_bob, cem);
        Assert.That((await _bob.ListChatsAsync()).Chats.Select(c => c.ChatId), Is.EqualTo(new[] { _chat }), "still nothing to see in it");
        await cem.SendAsync(chat, "hello");
        Assert.That((await _bob.ListChatsAsync()).Chats[0].LastMessage!.Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task Shared_groups_are_untouched()
    {
        var group = (await _ann.CreateGroupAsync("Group", await RegisterAsync())).ChatId;
        await UnblockAsync(_bob, _ann);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [_bob.UserId]));
        await BlockAsync(_bob, _ann);
        await _ann.SendAsync(group, "to all");
        Assert.That((await _bob.Messages.WaitForAsync(m => m.ChatId == group && m.Text == "to all")).Withheld, Is.Null);
        await _bob.SendAsync(group, "from Bob");
        await _ann.Messages.WaitForAsync(m => m.Text == "from Bob");
    }

    [Test]
    public async Task A_block_holds_from_its_answer_on_however_many_messages_are_under_way()
    {
        await UnblockAsync(_bob, _ann);
        var sends = Enumerable.Range(0, 200).Select(i => _ann.SendAsync(_chat, $"{i}")).ToList();
        await BlockAsync(_bob, _ann);
        var lastBefore = (await _bob.GetChatAsync(_chat)).LastMessageId;
        var results = await Task.WhenAll(sends);
        var late = await _ann.SendAsync(_chat, "late");

        Assert.That(late.Withheld, Is.True);
        var seen = (await _bob.CatchUpAsync(_chat)).Select(m => m.MessageId).ToHashSet();
        foreach (var result in results)
            Assert.That(seen.Contains(result.MessageId), Is.EqualTo(result.Withheld is null), $"message {result.MessageId} of {lastBefore}");
        Assert.That(results.Where(r => r.MessageId > lastBefore).Select(r => r.Withheld), Is.All.True);
        Assert.That((await _ann.CatchUpAsync(_chat)), Has.Count.EqualTo(203));
    }

    [Test]
    public async Task Whom_one_blocks_is_listed_for_oneself_alone()
    {
        await using var cem = await RegisterAsync("Cem");
        await BlockAsync(_bob, cem);
        await BlockAsync(_bob, cem);
        var first = await _bob.CallAsync<BlockedPage>(nameof(ChatHub.ListBlocked), new ListBlockedRequest(null, 1));
        Assert.That((first.Users.Single().UserId, first.HasMore), Is.EqualTo((_ann.UserId, true)));
        var second = await _bob.CallAsync<BlockedPage>(nameof(ChatHub.ListBlocked), new ListBlockedRequest(_ann.UserId, 1));
        Assert.That((second.Users.Single().UserId, second.HasMore), Is.EqualTo((cem.UserId, false)));
        Assert.That((await _ann.CallAsync<BlockedPage>(nameof(ChatHub.ListBlocked), new ListBlockedRequest())).Users, Is.Empty);
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.BlockUser), new BlockUserRequest(_bob.UserId)), Does.StartWith("invalid: userId: "));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.BlockUser), new BlockUserRequest(987_654_321)), Does.StartWith("not_found: "));
    }

    private async Task AssertBobSeesNothingAsync(string text, ChatView before)
    {
        // Another chat's message, and one from Ann in a group, go after it.
        await using var cem = await RegisterAsync("Cem");
        var other = (await cem.OpenDirectChatAsync(_bob)).ChatId;
        await cem.SendAsync(other, "marker");
        await _bob.Messages.WaitForAsync(m => m.Text == "marker");
        Assert.That(_bob.Messages.All.Select(m => m.Text), Has.None.EqualTo(text));

        var head = await _bob.GetChatAsync(_chat);
        Assert.That((head.LastMessage!.Text, head.UnreadCount, head.LastActivityAt), Is.EqualTo(("answer", 0, before.LastActivityAt)));
        Assert.That((await _bob.ListChatsAsync()).Chats.Select(c => c.ChatId), Is.EqualTo(new[] { other, _chat }));
        var synced = await _bob.SyncAsync(_chat, 2);
        Assert.That((synced.Messages.Count, synced.UpToMessageId, synced.HasMore), Is.EqualTo((0, 3L, false)));
        foreach (var request in new[] { new ListMessagesRequest(_chat), new ListMessagesRequest(_chat, AroundMessageId: 3), new ListMessagesRequest(_chat, AfterMessageId: 1) })
            Assert.That((await _bob.ListMessagesAsync(request)).Messages.Select(m => m.Text), Has.None.EqualTo(text));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(_chat, 3)), Does.StartWith("not_found: "));
    }

    private Task<SetTypingResult> TypeAsync(TestClient client) =>
        client.CallAsync<SetTypingResult>(nameof(ChatHub.SetTyping), new SetTypingRequest(_chat));

    private static Task<WatchPresenceResult> WatchAsync(TestClient client, TestClient other) =>
        client.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), new WatchPresenceRequest([other.UserId]));

    private static Task<BlockResult> BlockAsync(TestClient client, TestClient other) =>
        client.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(other.UserId));

    private static Task<BlockResult> UnblockAsync(TestClient client, TestClient other) =>
        client.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(other.UserId));
}

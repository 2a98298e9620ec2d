using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Replies: they show the head of what they answer to whoever may see that message, and nothing of it to anybody else.</summary>
[TestFixture]
public sealed class Answering : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;
    private long _question;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        await _bob.UntilInAsync(_group);
        await _carol.UntilInAsync(_group);
        _question = (await _ann.SendAsync(_group, "who comes?")).MessageId;
    }

    [Test]
    public async Task The_head_comes_with_the_push_and_with_every_way_of_reading()
    {
        var reply = await ReplyAsync(_bob, _question);
        var head = new ReplyView(_question, _ann.UserId, MessageTypes.Text, "who comes?");
        Assert.That((await _carol.Messages.WaitForAsync(m => m.MessageId == reply.MessageId)).ReplyTo, Is.EqualTo(head));
        Assert.That((await ReadAllWaysAsync(_carol, reply.MessageId)).Select(m => m.ReplyTo), Is.All.EqualTo(head));
    }

    [Test]
    public async Task A_long_text_is_cut_in_whole_characters()
    {
        var long1 = await _ann.SendAsync(_group, new string('x', 139) + "👋 and so on");
        var long2 = await _ann.SendAsync(_group, new string('x', 138) + "👋 and so on");
        await ReplyAsync(_bob, long1.MessageId);
        var last = await ReplyAsync(_bob, long2.MessageId);
        await _carol.Messages.WaitForAsync(m => m.MessageId == last.MessageId);
        string[] cut = [new string('x', 139), new string('x', 138) + "👋"];
        Assert.That(_carol.Messages.All.Where(m => m.ReplyTo is not null).Select(m => m.ReplyTo!.Text), Is.EqualTo(cut));
        Assert.That((await _carol.CatchUpAsync(_group)).Where(m => m.ReplyTo is not null).Select(m => m.ReplyTo!.Text), Is.EqualTo(cut));
    }

    [Test]
    public async Task Nothing_is_left_of_an_original_that_was_deleted()
    {
        var reply = await ReplyAsync(_bob, _question);
        await DeleteAsync(_ann, _question, forEveryone: true);
        Assert.That((await ReadAllWaysAsync(_carol, reply.MessageId)).Select(m => m.ReplyTo), Is.All.EqualTo(new ReplyView(_question)));
        Assert.That(await RefusalAsync(_bob, _question), Does.StartWith("invalid: replyTo: "));
    }

    [Test]
    public async Task An_edited_original_reads_as_it_is_now()
    {
        var reply = await ReplyAsync(_bob, _question);
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_group, _question, "who came?"));
        Assert.That((await ReadAllWaysAsync(_carol, reply.MessageId)).Select(m => m.ReplyTo!.Text), Is.All.EqualTo("who came?"));
    }

    [Test]
    public async Task Who_hid_the_original_sees_its_number_alone()
    {
        var before = await ReplyAsync(_bob, _question);
        await DeleteAsync(_carol, _question, forEveryone: false);
        var after = await ReplyAsync(_bob, _question);
        var pushed = await _carol.Messages.WaitForAsync(m => m.MessageId == after.MessageId);
        Assert.That(pushed.ReplyTo, Is.EqualTo(new ReplyView(_question)));
        foreach (var reply in new[] { before, after })
        {
            Assert.That((await ReadAllWaysAsync(_carol, reply.MessageId)).Select(m => m.ReplyTo), Is.All.EqualTo(new ReplyView(_question)));
            Assert.That((await ReadAllWaysAsync(_ann, reply.MessageId)).Select(m => m.ReplyTo!.Text), Is.All.EqualTo("who comes?"));
        }
        Assert.That(await RefusalAsync(_carol, _question), Is.EqualTo(await RefusalAsync(_carol, 999)).And.StartsWith("not_found: "));
    }

    [Test]
    public async Task Who_joined_later_sees_nothing_from_before()
    {
        await using var dan = await RegisterAsync("Dan");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(_group, [dan.UserId]));
        await dan.UntilInAsync(_group);
        var reply = await ReplyAsync(_bob, _question);
        Assert.That((await dan.Messages.WaitForAsync(m => m.MessageId == reply.MessageId)).ReplyTo, Is.EqualTo(new ReplyView(_question)));
        Assert.That((await ReadAllWaysAsync(dan, reply.MessageId)).Select(m => m.ReplyTo), Is.All.EqualTo(new ReplyView(_question)));
        Assert.That((await ReadAllWaysAsync(_carol, reply.MessageId)).Select(m => m.ReplyTo!.Text), Is.All.EqualTo("who comes?"));
        Assert.That(await RefusalAsync(dan, _question), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task A_withheld_message_is_not_told_by_a_reply_to_it()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        var withheld = await _ann.SendAsync(chat, "a secret");
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(_ann.UserId));
        var reply = await ReplyAsync(_ann, withheld.MessageId, chat);
        Assert.That((await _bob.Messages.WaitForAsync(m => m.ChatId == chat)).ReplyTo, Is.EqualTo(new ReplyView(withheld.MessageId)));
        Assert.That((await _bob.CatchUpAsync(chat)).Single().ReplyTo, Is.EqualTo(new ReplyView(withheld.MessageId)));
        Assert.That((await _ann.CatchUpAsync(chat)).Single(m => m.MessageId == reply.MessageId).ReplyTo!.Text, Is.EqualTo("a secret"));
        Assert.That(
            await _bob.RefusalAsync(nameof(ChatHub.SendMessage), new SendMessageRequest(chat, Guid.NewGuid(), "?", ReplyTo: withheld.MessageId)),
            Does.StartWith("not_found: "));
    }

    [Test]
    public async Task Not_to_what_nobody_can_answer()
    {
        Assert.That(await RefusalAsync(_bob, 1), Does.StartWith("invalid: replyTo: "), "a system message");
        Assert.That(await RefusalAsync(_bob, 999), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task Replies_and_texts_that_nobody_waits_for_are_stored_as_they_were_sent()
    {
        var sends = Enumerable.Range(0, 60)
            .Select(i => _bob.CallAsync<SendMessageResult>(
                nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), $"{i}", ReplyTo: i % 3 == 0 ? _question : null)))
            .ToList();
        await Task.WhenAll(sends).OrDeadline();
        var texts = (await _carol.CatchUpAsync(_group, _question)).Select(m => m.Text);
        Assert.That(texts, Is.EqualTo(Enumerable.Range(0, 60).Select(i => $"{i}")));
    }

    [Test]
    public async Task A_reply_that_is_refused_does_not_hold_up_those_behind_it()
    {
        var refused = RefusalAsync(_bob, 999);
        var sent = _bob.SendAsync(_group, "behind");
        Assert.That(await refused.OrDeadline(), Does.StartWith("not_found: "));
        Assert.That((await sent.OrDeadline()).MessageId, Is.EqualTo(_question + 1));
    }

    [Test]
    public async Task A_repeat_is_told_the_first_result_also_when_the_original_is_gone_by_then()
    {
        var request = new SendMessageRequest(_group, Guid.NewGuid(), "me", ReplyTo: _question);
        var first = await _bob.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);
        Assert.That(await _bob.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request), Is.EqualTo(first with { Duplicate = true }));
        await DeleteAsync(_ann, _question, forEveryone: true);
        Assert.That(await _bob.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request), Is.EqualTo(first with { Duplicate = true }));
    }

    [Test]
    public async Task An_edit_leaves_a_reply_a_reply_and_a_deletion_does_not()
    {
        var reply = await ReplyAsync(_bob, _question);
        await _bob.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_group, reply.MessageId, "not me"));
        Assert.That((await _carol.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Edited)).Message!.ReplyTo!.MessageId, Is.EqualTo(_question));
        var read = (await _carol.CatchUpAsync(_group)).Single(m => m.MessageId == reply.MessageId);
        Assert.That((read.Text, read.ReplyTo!.Text), Is.EqualTo(("not me", "who comes?")));
        await DeleteAsync(_bob, reply.MessageId, forEveryone: true);
        Assert.That((await _carol.CatchUpAsync(_group)).Single(m => m.MessageId == reply.MessageId).ReplyTo, Is.Null);
    }

    private Task<SendMessageResult> ReplyAsync(TestClient client, long messageId, long? chatId = null) => client.CallAsync<SendMessageResult>(
        nameof(ChatHub.SendMessage), new SendMessageRequest(chatId ?? _group, Guid.NewGuid(), "me", ReplyTo: messageId));

    private Task<string> RefusalAsync(TestClient client, long messageId) =>
        client.RefusalAsync(nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), "me", ReplyTo: messageId));

    private Task DeleteAsync(TestClient client, long messageId, bool forEveryone) => client.CallAsync<DeleteMessagesResult>(
        nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [messageId], forEveryone));

    /// <summary>A message, the last one of the chat, as a page, the messages around it, the chat's head and a sync show it.</summary>
    private async Task<IReadOnlyList<MessageView>> ReadAllWaysAsync(TestClient client, long messageId)
    {
        var page = (await client.ListMessagesAsync(new ListMessagesRequest(_group))).Messages;
        var around = (await client.ListMessagesAsync(new ListMessagesRequest(_group, AroundMessageId: messageId))).Messages;
        var synced = (await client.SyncAsync(_group, 0)).Messages;
        var read = new List<MessageView> { page.Single(m => m.MessageId == messageId), around.Single(m => m.MessageId == messageId), synced.Single(m => m.MessageId == messageId) };
        var head = await client.GetChatAsync(_group);
        if (head.LastMessageId == messageId)
        {
            read.Add(head.LastMessage!);
            read.Add((await client.ListChatsAsync()).Chats.Single(c => c.ChatId == _group).LastMessage!);
        }
        return read;
    }
}

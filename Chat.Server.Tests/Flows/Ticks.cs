using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Sent, delivered, read: statuses only move forward, whatever order they arrive in.</summary>
[TestFixture]
public sealed class Ticks : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;

    [OneTimeSetUp]
    public async Task Connect() => (_ann, _bob, _carol) = (await RegisterAsync("Ann"), await RegisterAsync("Bob"), await RegisterAsync("Carol"));

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        foreach (var client in new[] { _ann, _bob, _carol }) await client.DisposeAsync();
    }

    [Test]
    public async Task Late_repeated_and_disordered_marks_move_nothing_back()
    {
        var chat = await GroupAsync(messages: 10);
        foreach (var (upTo, read, delivered, seen) in new[]
        {
            (5, false, 5, 0), (3, false, 5, 0), (4, true, 5, 4), (4, true, 5, 4), (2, true, 5, 4), (8, true, 8, 8), (6, false, 8, 8), (9, false, 9, 8),
        })
        {
            var result = read ? await _bob.MarkReadAsync(chat, upTo) : await _bob.MarkDeliveredAsync(chat, upTo);
            Assert.That(result, Is.EqualTo(new MarkResult(chat, delivered, seen)));
            Assert.That((await _bob.GetChatAsync(chat)).Watermarks, Is.EqualTo(new WatermarksView(delivered, seen, 0, 0)));
        }
    }

    [Test]
    public async Task Marks_that_nobody_waits_for_end_at_the_highest()
    {
        var chat = await GroupAsync(messages: 100);
        var order = Enumerable.Range(1, 100).ToArray();
        new Random(1).Shuffle(order);
        await Task.WhenAll(order.Select(i => i % 2 == 0 ? _bob.MarkReadAsync(chat, i) : _bob.MarkDeliveredAsync(chat, i)));
        Assert.That((await _bob.GetChatAsync(chat)).Watermarks, Is.EqualTo(new WatermarksView(100, 100, 0, 0)));
    }

    [Test]
    public async Task A_mark_beyond_the_last_message_is_refused()
    {
        var chat = await GroupAsync(messages: 3);
        var last = (await _bob.GetChatAsync(chat)).LastMessageId;
        var before = await Database.PictureAsync();
        foreach (var method in new[] { "MarkDelivered", "MarkRead" })
            Assert.That(await _bob.RefusalAsync(method, new MarkRequest(chat, last + 1)), Does.StartWith("invalid: upTo: "));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
        Assert.That((await _bob.MarkReadAsync(chat, last)).ReadUpTo, Is.EqualTo(last));
    }

    [Test]
    public async Task In_a_direct_chat_they_travel_at_once_and_to_the_own_other_device()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await using var bobsPhone = await _bob.AnotherDeviceAsync();
        var last = (await _ann.SendAsync(chat, "one")).MessageId;
        await _bob.MarkReadAsync(chat, last);
        var expected = new ReceiptView(_bob.UserId, last, last);
        foreach (var client in new[] { _ann, bobsPhone })
            Assert.That((await client.Receipts.WaitForAsync(r => r.ChatId == chat)).Receipts, Is.EqualTo(new[] { expected }));
        Assert.That(_carol.Receipts.All.Where(r => r.ChatId == chat), Is.Empty);
    }

    [Test]
    public async Task A_mark_that_moves_nothing_is_not_told()
    {
        var chat = (await _ann.OpenDirectChatAsync(_carol)).ChatId;
        var last = (await _ann.SendAsync(chat, "one")).MessageId;
        await _carol.MarkReadAsync(chat, last);
        await _carol.MarkReadAsync(chat, last);
        await _carol.MarkDeliveredAsync(chat, last);
        // What is told afterwards comes after it.
        await _carol.SendAsync(chat, "two");
        await _ann.Messages.WaitForAsync(m => m.ChatId == chat && m.Text == "two");
        Assert.That(_ann.Receipts.All.Count(r => r.ChatId == chat), Is.EqualTo(1));
    }

    [Test]
    public async Task In_a_group_they_are_gathered()
    {
        const int Messages = 60;
        var chat = await GroupAsync(Messages);
        for (var i = 1; i <= Messages; i++)
        {
            await _bob.MarkDeliveredAsync(chat, i);
            await _carol.MarkReadAsync(chat, i);
        }
        await _ann.Receipts.WaitForAsync(r => r.ChatId == chat && r.Receipts.Contains(new ReceiptView(_bob.UserId, Messages, 0)));
        await _ann.Receipts.WaitForAsync(r => r.ChatId == chat && r.Receipts.Contains(new ReceiptView(_carol.UserId, Messages, Messages)));
        var events = _ann.Receipts.All.Where(r => r.ChatId == chat).ToList();
        Assert.That(events, Has.Count.LessThan(Messages), "120 marks, far fewer pushes");
        Assert.That(events.Select(e => e.Receipts.Select(r => r.UserId)), Is.All.Unique, "each participant once in a push");
        foreach (var user in new[] { _bob.UserId, _carol.UserId })
            Assert.That(events.SelectMany(e => e.Receipts).Where(r => r.UserId == user).Select(r => r.DeliveredUpTo), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task A_message_is_delivered_when_all_have_it()
    {
        var chat = await GroupAsync(messages: 5);
        await _bob.MarkReadAsync(chat, 5);
        Assert.That((await _ann.GetChatAsync(chat)).Watermarks, Is.EqualTo(new WatermarksView(0, 0, 0, 0)));
        await _carol.MarkDeliveredAsync(chat, 4);
        var expected = new WatermarksView(0, 0, 4, 0);
        Assert.That((await _ann.GetChatAsync(chat)).Watermarks, Is.EqualTo(expected));
        Assert.That((await _ann.SyncAsync(chat, 0)).Watermarks, Is.EqualTo(expected));
        Assert.That((await _ann.ListChatsAsync()).Chats.Single(c => c.ChatId == chat).Watermarks, Is.EqualTo(expected));
    }

    [Test]
    public async Task Only_the_sender_asks_who_has_a_message()
    {
        var chat = await GroupAsync(messages: 0);
        var sent = await _bob.SendAsync(chat, "Bob's");
        await _carol.MarkReadAsync(chat, sent.MessageId);
        var info = await _bob.CallAsync<MessageInfo>("GetMessageInfo", new GetMessageInfoRequest(chat, sent.MessageId));
        Assert.That(info.SentAt, Is.EqualTo(sent.SentAt));
        Assert.That(info.Receipts.Select(r => (r.UserId, r.DeliveredAt is not null, r.ReadAt is not null)), Is.EquivalentTo(new[]
        {
            (_ann.UserId, false, false), (_carol.UserId, true, true),
        }));
        Assert.That(await _carol.RefusalAsync("GetMessageInfo", new GetMessageInfoRequest(chat, sent.MessageId)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("GetMessageInfo", new GetMessageInfoRequest(chat, 999)), Does.StartWith("not_found: "));
    }

    /// <summary>A group of the three with so many messages of Ann's in all.</summary>
    private async Task<long> GroupAsync(int messages)
    {
        var chat = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        if (messages > 1) await Database.MessagesAsync(chat, _ann.UserId, messages - 1);
        return chat;
    }
}

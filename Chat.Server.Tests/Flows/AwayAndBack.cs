using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>A client that was away a second or a month asks what came after N, and has all of it.</summary>
[TestFixture]
public sealed class AwayAndBack : ServerFixture
{
    [Test]
    public async Task Ten_thousand_messages_page_by_page()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await ann.SendAsync(chat.ChatId, "before");
        await bob.Hub.StopAsync();
        await Database.MessagesAsync(chat.ChatId, ann.UserId, 10_000);

        await bob.ReconnectAsync();
        var head = (await bob.ListChatsAsync()).Chats.Single();
        Assert.That((head.LastMessageId, head.LastMessage!.MessageId, head.UnreadCount), Is.EqualTo((10_001L, 10_001L, 1000)));

        var page = await bob.SyncAsync(chat.ChatId, 1);
        Assert.That((page.Messages.Count, page.UpToMessageId, page.LastMessageId, page.HasMore, page.TooLong), Is.EqualTo((100, 101L, 10_001L, true, false)));
        var all = await bob.CatchUpAsync(chat.ChatId, 1);
        Assert.That(all.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(2, 10_000)));
        var end = await bob.SyncAsync(chat.ChatId, 10_001);
        Assert.That((end.Messages.Count, end.UpToMessageId, end.HasMore), Is.EqualTo((0, 10_001L, false)));
    }

    [Test]
    public async Task Who_was_removed_and_added_again_meanwhile_is_told_from_where_on_they_see()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var carol = await RegisterAsync("Carol");
        var group = (await ann.CreateGroupAsync("Group", bob, carol)).ChatId; // 1
        await ann.SendAsync(group, "before"); // 2
        Assert.That((await bob.GetChatAsync(group)).VisibleFrom, Is.EqualTo(1));
        Assert.That((await bob.CatchUpAsync(group))[^1].Text, Is.EqualTo("before"));
        await bob.Hub.StopAsync();
        await ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(group, bob.UserId)); // 3
        await ann.SendAsync(group, "without Bob"); // 4
        await ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [bob.UserId])); // 5
        await ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(group, [2], ForEveryone: true));

        await bob.ReconnectAsync();
        Assert.That((await bob.ListChatsAsync()).Chats.Single().VisibleFrom, Is.EqualTo(5));
        var missed = await bob.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(group, 2, null, 0, 0));
        Assert.That((missed.VisibleFrom, missed.Messages.Single().MessageId, missed.UpToMessageId), Is.EqualTo((5L, 5L, 5L)));
        Assert.That((missed.Changes.Count, missed.UpToChangeId), Is.EqualTo((0, 1L)), "what becomes of the others is not theirs to know");
        Assert.That((await bob.ListMessagesAsync(new ListMessagesRequest(group))).Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 5 }));
        Assert.That((await carol.SyncAsync(group, 0)).VisibleFrom, Is.EqualTo(1));
    }

    [Test]
    public async Task Whatever_is_sent_while_one_reconnects_is_there()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chats = new List<long> { (await ann.OpenDirectChatAsync(bob)).ChatId, (await ann.CreateGroupAsync("Group", bob)).ChatId };
        using var done = new CancellationTokenSource();
        var sent = chats.ToDictionary(id => id, _ => 0L);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
                sent[chats[i % 2]] = (await ann.SendAsync(chats[i % 2], $"{i}")).MessageId;
        });

        var known = chats.ToDictionary(id => id, _ => 0L);
        for (var round = 0; round < 10; round++)
        {
            await bob.ReconnectAsync();
            // Catches up once, right after connecting, and from then on relies on what is pushed.
            foreach (var chat in chats)
            {
                var messages = await bob.CatchUpAsync(chat, known[chat]);
                if (messages.Count > 0) known[chat] = messages[^1].MessageId;
            }
            foreach (var chat in chats)
            {
                var pushed = await bob.Messages.WaitForAsync(m => m.ChatId == chat && m.MessageId >= known[chat] + 3);
                var ids = bob.Messages.All.Where(m => m.ChatId == chat).Select(m => m.MessageId).ToHashSet();
                for (var id = known[chat] + 1; id <= pushed.MessageId; id++)
                    Assert.That(ids, Does.Contain(id), $"round {round}: neither caught up nor pushed");
                known[chat] = pushed.MessageId;
            }
        }
        await done.CancelAsync();
        await sending;
        foreach (var chat in chats)
            Assert.That((await bob.CatchUpAsync(chat)).Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, (int)sent[chat])));
    }

    [Test]
    public async Task A_send_that_is_repeated_after_a_broken_connection_is_stored_once()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        var outbox = Enumerable.Range(0, 50).Select(i => (Id: Guid.NewGuid(), Text: $"{i}")).ToList();
        // Half of an outbox is on its way when the connection breaks; nobody knows which of it arrived.
        var lost = outbox.Take(25).Select(m => ann.SendAsync(chat.ChatId, m.Text, m.Id)).ToList();
        await lost[3];
        await ann.ReconnectAsync();
        var results = new List<SendMessageResult>();
        foreach (var (id, text) in outbox) results.Add(await ann.SendAsync(chat.ChatId, text, id));
        await Task.WhenAll(lost).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.That(results[0].Duplicate, Is.True);
        Assert.That((await bob.CatchUpAsync(chat.ChatId)).Select(m => m.Text), Is.EqualTo(outbox.Select(m => m.Text)), "once, and in order");
    }
}

/// <summary>Where the gap is larger than the server replays, a client starts afresh.</summary>
[TestFixture]
public sealed class AwayTooLong : ServerFixture
{
    protected override Dictionary<string, string> Settings => new() { ["Sync:TooLongAfter"] = "300" };

    [Test]
    public async Task The_latest_page_comes_instead()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await Database.MessagesAsync(chat.ChatId, ann.UserId, 1000);
        await bob.MarkReadAsync(chat.ChatId, 7);

        var result = await bob.SyncAsync(chat.ChatId, 10);
        Assert.That((result.TooLong, result.HasMore, result.UpToMessageId, result.LastMessageId), Is.EqualTo((true, false, 1000L, 1000L)));
        Assert.That(result.Messages.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(901, 100)));
        Assert.That(result.Watermarks, Is.EqualTo(new WatermarksView(7, 7, 0, 0)));

        var older = await bob.ListMessagesAsync(new ListMessagesRequest(chat.ChatId, BeforeMessageId: 901, Limit: 100));
        Assert.That(older.Messages.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(801, 100)), "and the rest on demand");
        await ann.SendAsync(chat.ChatId, "on it goes");
        Assert.That((await bob.SyncAsync(chat.ChatId, result.UpToMessageId)).Messages.Single().Text, Is.EqualTo("on it goes"));
    }

    [TestCase(699, true)]
    [TestCase(700, false)]
    [TestCase(1000, false)]
    public async Task Exactly_where_it_begins(long after, bool tooLong)
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await Database.MessagesAsync(chat.ChatId, ann.UserId, 1000);
        Assert.That((await bob.SyncAsync(chat.ChatId, after, limit: 10)).TooLong, Is.EqualTo(tooLong));
    }

    [Test]
    public async Task What_one_may_not_see_is_not_missing()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var carol = await RegisterAsync("Carol");
        var chat = await ann.CreateGroupAsync("Group", bob);
        await Database.MessagesAsync(chat.ChatId, ann.UserId, 1000);
        await ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(chat.ChatId, [carol.UserId]));
        await ann.SendAsync(chat.ChatId, "welcome");

        var result = await carol.SyncAsync(chat.ChatId, 0);
        Assert.That((result.TooLong, result.HasMore, result.UpToMessageId), Is.EqualTo((false, false, 1003L)));
        Assert.That(result.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 1002, 1003 }));
    }
}

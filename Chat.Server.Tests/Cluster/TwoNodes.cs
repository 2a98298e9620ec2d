using System.Net.Http.Headers;
using Chat.Server.Hubs;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

/// <summary>Two servers over one database and one Redis; people on both.</summary>
[TestFixtureSource(typeof(RedisBackplanes), nameof(RedisBackplanes.Built))]
internal sealed class TwoNodes(string backplane)
{
    private TestDatabase? _database;
    private ChatServerFactory? _one;
    private ChatServerFactory? _two;

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateAsync();
        var settings = TestSettings.Unthrottled(new()
        {
            ["ConnectionStrings:Redis"] = TestRedis.Shared, ["Redis:KeyPrefix"] = TestRedis.NewPrefix(), ["Redis:Backplane"] = backplane,
            ["Presence:Linger"] = "00:00:00.3",
        });
        _one = new ChatServerFactory(_database.ConnectionString, settings);
        _two = new ChatServerFactory(_database.At(1), settings);
        _ = _one.Address;
        _ = _two.Address;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_one is not null) await _one.DisposeAsync();
        if (_two is not null) await _two.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task A_direct_chat_opened_on_one_node_reaches_the_other_with_its_ticks()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await ann.SendAsync(chat.ChatId, "across");
        var got = await bob.Messages.WaitForAsync(m => m.Text == "across");
        await bob.MarkReadAsync(chat.ChatId, got.MessageId);
        await ann.Receipts.WaitForAsync(r => r.ChatId == chat.ChatId && r.Receipts[0].ReadUpTo == got.MessageId);
    }

    [Test]
    public async Task Edits_and_deletions_on_one_node_reach_the_other_in_order()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        await using var device = await bob.AnotherDeviceAsync();
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        var sent = await ann.SendAsync(chat, "one");
        var theirs = await bob.SendAsync(chat, "two");
        await ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(chat, sent.MessageId, "1"));
        await bob.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(chat, theirs.MessageId, "2"));
        await ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [sent.MessageId], true));
        await bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [sent.MessageId]));
        foreach (var client in new[] { ann, bob, device })
        {
            await client.Changes.WaitForCountAsync(3);
            Assert.That(client.Changes.All.OrderBy(c => c.ChangeId).Select(c => (c.Kind, c.Message!.Text)), Is.EqualTo(new[]
            {
                (MessageChangeKinds.Edited, "1"), (MessageChangeKinds.Edited, "2"), (MessageChangeKinds.Deleted, (string?)null),
            }));
        }
        await device.Hidings.WaitForAsync(h => h.HideId == 1);
        Assert.That(ann.Hidings.All, Is.Empty);
    }

    [Test]
    public async Task Two_people_on_two_nodes_see_one_order()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? ann : bob).SendAsync(chat.ChatId, $"{i}")));
        var atAnn = await ann.CatchUpAsync(chat.ChatId);
        Assert.That(atAnn.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, 200)));
        Assert.That((await bob.CatchUpAsync(chat.ChatId)).Select(m => m.Text), Is.EqualTo(atAnn.Select(m => m.Text)));
    }

    [Test]
    public async Task Who_is_added_or_removed_on_one_node_hears_or_hears_no_more_on_the_other()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        await using var cem = await TestClient.RegisterAsync(_two!.Address, "Cem");
        var group = await ann.CreateGroupAsync("Group", bob);
        await bob.UntilInAsync(group.ChatId);
        await ann.SendAsync(group.ChatId, "to Bob");
        await bob.Messages.WaitForAsync(m => m.Text == "to Bob");

        await ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group.ChatId, [cem.UserId]));
        await cem.UntilInAsync(group.ChatId);
        await ann.SendAsync(group.ChatId, "to both");
        await cem.Messages.WaitForAsync(m => m.Text == "to both");

        await ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(group.ChatId, bob.UserId));
        await bob.ChatsRemoved.WaitForAsync(c => c.ChatId == group.ChatId);
        Assert.That(await bob.RefusalAsync(nameof(ChatHub.SendMessage), new SendMessageRequest(group.ChatId, Guid.NewGuid(), "x")), Does.StartWith("not_found"));
        await ann.SendAsync(group.ChatId, "without Bob");
        await cem.Messages.WaitForAsync(m => m.Text == "without Bob");
        Assert.That(bob.Messages.All.Select(m => m.Text), Has.None.EqualTo("without Bob"));
    }

    [Test]
    public async Task A_session_that_ends_on_one_node_is_closed_on_the_other()
    {
        await using var ann = await TestClient.RegisterAsync(_two!.Address, "Ann");
        using var http = _one!.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ann.Account.AccessToken);
        using var answer = await http.PostAsync("/api/auth/logout", null);
        answer.EnsureSuccessStatusCode();
        await ann.Closed.Task.OrDeadline();
    }

    [Test]
    public async Task A_block_made_on_one_node_holds_on_the_other_at_once()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        for (var round = 0; round < 5; round++)
        {
            // Both nodes know the roster by now, without a block.
            await ann.SendAsync(chat, $"open {round}");
            await bob.Messages.WaitForAsync(m => m.Text == $"open {round}");
            await bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(ann.UserId));
            Assert.That((await ann.SendAsync(chat, $"withheld {round}")).Withheld, Is.True);
            await bob.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(ann.UserId));
        }
        Assert.That((await ann.SendAsync(chat, "open at last")).Withheld, Is.Null);
        await bob.Messages.WaitForAsync(m => m.Text == "open at last");
        Assert.That(bob.Messages.All.Select(m => m.Text), Has.None.StartsWith("withheld"));
        Assert.That((await bob.CatchUpAsync(chat)).Select(m => m.Text), Has.Exactly(6).Items.And.None.StartsWith("withheld"));
    }

    [Test]
    public async Task Privacy_set_on_one_node_holds_on_the_other_at_once()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        await using var bobsOther = await TestClient.ConnectAsync(_one.Address, bob.Account);
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        var watch = new WatchPresenceRequest([bob.UserId]);
        await Deadline.UntilAsync(
            async () => (await ann.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), watch)).Presences is [{ Online: true }], "Bob is online");

        // What the node of Ann has in its cache now must not outlive the change.
        var heard = ann.Presences.All.Count;
        await bob.CallAsync<SettingsView>(nameof(ChatHub.SetPrivacy), new SetPrivacyRequest(PrivacySettings.LastSeen, Audiences.Nobody));
        await ann.Presences.WaitForCountAsync(heard + 1);
        Assert.That((await ann.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), watch)).Presences, Is.Empty);
        await bobsOther.Settings.WaitForAsync(s => s.LastSeen.Audience == Audiences.Nobody);

        await ann.CallAsync<SettingsView>(nameof(ChatHub.SetReadReceipts), new SetReadReceiptsRequest(false));
        var sent = await ann.SendAsync(chat, "seen?");
        await bob.Messages.WaitForAsync(m => m.ChatId == chat);
        await Deadline.UntilAsync(async () =>
        {
            await bob.MarkReadAsync(chat, sent.MessageId);
            return (await ann.GetChatAsync(chat)).Watermarks is { OthersDeliveredUpTo: 1, OthersReadUpTo: 0 };
        }, "delivered, and nothing of read");
        await bob.CallAsync<ChatSettingsView>(nameof(ChatHub.SetDraft), new SetDraftRequest(chat, "a draft"));
        await bobsOther.ChatSettings.WaitForAsync(s => s.ChatId == chat && s.Settings.Draft == "a draft");
    }

    [Test]
    public async Task Presence_is_seen_across_nodes()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        await ann.OpenDirectChatAsync(bob);
        await Deadline.UntilAsync(async () =>
        {
            var watched = await ann.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), new WatchPresenceRequest([bob.UserId]));
            return watched.Presences.Single().Online;
        }, "Bob is online");
        await bob.Hub.StopAsync();
        await ann.Presences.WaitForAsync(p => p.UserId == bob.UserId && !p.Online);
    }
}

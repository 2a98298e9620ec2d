using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>The chat list: order, pages, unread counts, and what is left out.</summary>
[TestFixture]
public sealed class TheChatList : ServerFixture
{
    [Test]
    public async Task The_last_active_comes_first()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var carol = await RegisterAsync("Carol");
        var withBob = (await ann.OpenDirectChatAsync(bob)).ChatId;
        var withCarol = (await ann.OpenDirectChatAsync(carol)).ChatId;
        Assert.That((await ann.ListChatsAsync()).Chats, Is.Empty, "direct chats without a message are left out");

        await bob.SendAsync(withBob, "from Bob");
        Assert.That(await IdsAsync(ann), Is.EqualTo(new[] { withBob }));
        var group = (await ann.CreateGroupAsync("Group", bob)).ChatId;
        await ann.SendAsync(withCarol, "to Carol");
        Assert.That(await IdsAsync(ann), Is.EqualTo(new[] { withCarol, group, withBob }));
        await bob.SendAsync(withBob, "Bob again");
        Assert.That(await IdsAsync(ann), Is.EqualTo(new[] { withBob, withCarol, group }));
        Assert.That(await IdsAsync(carol), Is.EqualTo(new[] { withCarol }));

        var chats = (await ann.ListChatsAsync()).Chats;
        Assert.That(chats.Select(c => (c.Type, c.Title, c.Peer?.Name, c.Role, c.MemberCount, c.LastMessage?.Text)), Is.EqualTo(new[]
        {
            ("direct", (string?)null, (string?)"Bob", "member", 2, (string?)"Bob again"),
            ("direct", null, "Carol", "member", 2, "to Carol"),
            ("group", "Group", null, "owner", 2, null),
        }));
        Assert.That(chats[2].LastMessage!.System!.Kind, Is.EqualTo(SystemMessageKinds.GroupCreated));
        foreach (var chat in chats)
            Assert.That(Comparable(await ann.GetChatAsync(chat.ChatId)), Is.EqualTo(Comparable(chat)), "GetChat shows the same head");
    }

    [Test]
    public async Task Page_by_page_also_where_times_are_equal()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        for (var i = 0; i < 23; i++)
        {
            var chat = await Database.GroupAsync(ann.UserId, bob.UserId);
            // All at one time, in threes.
            await Database.ExecuteAsync(
                "UPDATE chats SET created_at = @At WHERE chat_id = @ChatId", new { At = new DateTime(2026, 1, 1).AddMicroseconds(i / 3), chat.ChatId });
        }
        var whole = await IdsAsync(ann);
        Assert.That(whole, Has.Count.EqualTo(23));

        var paged = new List<long>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = await ann.ListChatsAsync(cursor, limit: 5);
            paged.AddRange(page.Chats.Select(c => c.ChatId));
            cursor = page.NextCursor;
            pages++;
        }
        while (cursor is not null);
        Assert.That(paged, Is.EqualTo(whole));
        Assert.That(pages, Is.EqualTo(5));
        Assert.That((await ann.ListChatsAsync(limit: 23)).NextCursor, Is.Null, "exactly full and nothing more");
    }

    [TestCase("x")]
    [TestCase("AAAA")]
    [TestCase("LTE6MQ")] // -1:1
    [TestCase("MTo")] // 1:
    [TestCase("OTk5OTk5OTk5OTk5OTk5OTk5OTk6MQ")] // 99999999999999999999:1
    public async Task A_cursor_of_somebody_elses_making(string cursor)
    {
        await using var ann = await RegisterAsync("Ann");
        Assert.That(await ann.RefusalAsync("ListChats", new ListChatsRequest(cursor)), Does.StartWith("invalid: cursor: "));
    }

    [Test]
    public async Task Unread_are_the_texts_of_others_above_the_own_mark()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var carol = await RegisterAsync("Carol");
        var chat = (await ann.CreateGroupAsync("Group", bob)).ChatId; // 1
        async Task<IEnumerable<int>> UnreadAsync() => [(await ann.GetChatAsync(chat)).UnreadCount, (await bob.GetChatAsync(chat)).UnreadCount];

        Assert.That(await UnreadAsync(), Is.EqualTo(new[] { 0, 0 }), "system messages do not count");
        await ann.SendAsync(chat, "a"); // 2
        await ann.SendAsync(chat, "b"); // 3
        await bob.SendAsync(chat, "c"); // 4
        Assert.That(await UnreadAsync(), Is.EqualTo(new[] { 1, 2 }), "own ones do not count");
        await bob.MarkDeliveredAsync(chat, 4);
        Assert.That(await UnreadAsync(), Is.EqualTo(new[] { 1, 2 }), "delivered is not read");
        await bob.MarkReadAsync(chat, 2);
        Assert.That(await UnreadAsync(), Is.EqualTo(new[] { 1, 1 }));
        await ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(chat, [carol.UserId])); // 5
        await bob.MarkReadAsync(chat, 5);
        Assert.That(await UnreadAsync(), Is.EqualTo(new[] { 1, 0 }));
        Assert.That((await carol.GetChatAsync(chat)).UnreadCount, Is.Zero, "nothing from before joining");
        await ann.SendAsync(chat, "d"); // 6
        Assert.That((await carol.ListChatsAsync()).Chats.Single().UnreadCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Participants_page_by_page()
    {
        await using var ann = await RegisterAsync("Ann");
        var others = await Database.UsersAsync(7);
        var chat = await ann.CallAsync<ChatView>("CreateGroup", new CreateGroupRequest(Guid.NewGuid(), "Group", others));
        var everybody = others.Append(ann.UserId).Order().ToList();

        var paged = new List<long>();
        ParticipantPage page;
        do
        {
            page = await ann.CallAsync<ParticipantPage>(
                "ListParticipants", new ListParticipantsRequest(chat.ChatId, AfterUserId: paged.Count > 0 ? paged[^1] : null, Limit: 3));
            paged.AddRange(page.Participants.Select(p => p.User.UserId));
        }
        while (page.HasMore);
        Assert.That(paged, Is.EqualTo(everybody));
        var beyond = await ann.CallAsync<ParticipantPage>("ListParticipants", new ListParticipantsRequest(chat.ChatId, AfterUserId: everybody[^1]));
        Assert.That((beyond.Participants.Count, beyond.HasMore), Is.EqualTo((0, false)));
        var whole = await ann.CallAsync<ParticipantPage>("ListParticipants", new ListParticipantsRequest(chat.ChatId));
        Assert.That(whole.Participants.Single(p => p.Role == ParticipantRoles.Owner).User.UserId, Is.EqualTo(ann.UserId));
    }

    private static async Task<List<long>> IdsAsync(TestClient client) => [.. (await client.ListChatsAsync()).Chats.Select(c => c.ChatId)];

    /// <summary>Lists are compared by content.</summary>
    private static object Comparable(ChatView chat) => (
        chat with { LastMessage = null, Permissions = [], DefaultPermissions = [] }, chat.LastMessage! with { System = null },
        string.Join(',', chat.Permissions), string.Join(',', chat.DefaultPermissions),
        chat.LastMessage!.System?.Kind, string.Join(',', chat.LastMessage.System?.UserIds ?? []));
}

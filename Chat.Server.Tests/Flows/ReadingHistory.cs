using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Pages of history: before, after and around a message, at every edge.</summary>
[TestFixture]
public sealed class ReadingHistory : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _late = null!;
    private TestClient _bob = null!;
    private long _chat;
    private long _empty;

    // 1: created, 2–200: texts, 201: Late is added, 202–210: texts.
    private const long Joined = 201;
    private const long Last = 210;

    [OneTimeSetUp]
    public async Task MakeHistory()
    {
        (_ann, _bob, _late) = (await RegisterAsync("Ann"), await RegisterAsync("Bob"), await RegisterAsync("Late"));
        _chat = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await Database.MessagesAsync(_chat, _ann.UserId, 199);
        await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(_chat, [_late.UserId]));
        for (var i = 0; i < 9; i++) await _bob.SendAsync(_chat, $"{i}");
        _empty = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        foreach (var client in new[] { _ann, _bob, _late }) await client.DisposeAsync();
    }

    // anchor, id, limit → first and last id of the page (0 for none), older?, newer?
    [TestCase("none", 0, null, 161, 210, true, false)]
    [TestCase("none", 0, 1, 210, 210, true, false)]
    [TestCase("none", 0, 100, 111, 210, true, false)]
    [TestCase("before", 210, 100, 110, 209, true, true)]
    [TestCase("before", 211, 5, 206, 210, true, false)]
    [TestCase("before", 999, 5, 206, 210, true, false)]
    [TestCase("before", 6, 5, 1, 5, false, true)]
    [TestCase("before", 7, 5, 2, 6, true, true)]
    [TestCase("before", 2, 5, 1, 1, false, true)]
    [TestCase("before", 1, 5, 0, 0, false, true)]
    [TestCase("before", 0, 5, 0, 0, false, true)]
    [TestCase("after", 0, 5, 1, 5, false, true)]
    [TestCase("after", 1, 5, 2, 6, true, true)]
    [TestCase("after", 205, 5, 206, 210, true, false)]
    [TestCase("after", 204, 5, 205, 209, true, true)]
    [TestCase("after", 209, 5, 210, 210, true, false)]
    [TestCase("after", 210, 5, 0, 0, true, false)]
    [TestCase("after", 999, 5, 0, 0, true, false)]
    [TestCase("around", 100, 5, 98, 102, true, true)]
    [TestCase("around", 100, 4, 99, 102, true, true)]
    [TestCase("around", 100, 1, 100, 100, true, true)]
    [TestCase("around", 1, 5, 1, 3, false, true)]
    [TestCase("around", 210, 5, 208, 210, true, false)]
    [TestCase("around", 0, 5, 1, 2, false, true)]
    [TestCase("around", 999, 5, 208, 210, true, false)]
    public Task A_page(string anchor, long id, int? limit, long first, long last, bool older, bool newer) =>
        CheckAsync(_ann, anchor, id, limit, first, last, older, newer);

    [TestCase("none", 0, null, 201, 210, false, false)]
    [TestCase("before", 205, 100, 201, 204, false, true)]
    [TestCase("before", 201, 100, 0, 0, false, true)]
    [TestCase("before", 100, 100, 0, 0, false, true)]
    [TestCase("after", 0, 100, 201, 210, false, false)]
    [TestCase("after", 150, 3, 201, 203, false, true)]
    [TestCase("after", 200, 3, 201, 203, false, true)]
    [TestCase("after", 201, 3, 202, 204, true, true)]
    [TestCase("around", 100, 10, 201, 205, false, true)]
    [TestCase("around", 202, 10, 201, 207, false, true)]
    public Task A_page_of_somebody_who_joined_later(string anchor, long id, int? limit, long first, long last, bool older, bool newer) =>
        CheckAsync(_late, anchor, id, limit, first, last, older, newer);

    [TestCase("none", 0)]
    [TestCase("before", 0)]
    [TestCase("before", 5)]
    [TestCase("after", 0)]
    [TestCase("after", 5)]
    [TestCase("around", 0)]
    [TestCase("around", 5)]
    public async Task A_page_of_an_empty_chat(string anchor, long id)
    {
        var page = await PageAsync(_ann, _empty, anchor, id, null);
        Assert.That((page.Messages.Count, page.HasOlder, page.HasNewer), Is.EqualTo((0, false, false)));
    }

    [Test]
    public async Task Sync_of_an_empty_chat()
    {
        var result = await _ann.SyncAsync(_empty, 0);
        Assert.That((result.Messages.Count, result.UpToMessageId, result.LastMessageId, result.HasMore, result.TooLong), Is.EqualTo((0, 0L, 0L, false, false)));
    }

    [Test]
    public async Task Sync_of_a_client_that_claims_too_much_tells_it_where_the_chat_ends()
    {
        var result = await _ann.SyncAsync(_chat, 5000);
        Assert.That((result.Messages.Count, result.UpToMessageId, result.LastMessageId, result.HasMore), Is.EqualTo((0, Last, Last, false)));
    }

    [Test]
    public async Task Back_to_the_start_page_by_page()
    {
        var ids = new List<long>();
        var page = await PageAsync(_ann, _chat, "none", 0, 30);
        ids.AddRange(page.Messages.Select(m => m.MessageId).Reverse());
        while (page.HasOlder)
        {
            page = await PageAsync(_ann, _chat, "before", page.Messages[0].MessageId, 30);
            ids.AddRange(page.Messages.Select(m => m.MessageId).Reverse());
        }
        Assert.That(ids, Is.EqualTo(Enumerable.Range(1, (int)Last).Reverse()));
    }

    [Test]
    public async Task Who_joined_later_sees_nothing_from_before_anywhere()
    {
        var head = await _late.GetChatAsync(_chat);
        Assert.That((head.LastMessageId, head.LastMessage!.MessageId, head.UnreadCount), Is.EqualTo((Last, Last, 9)), "neither what came before nor system messages");
        Assert.That(head.Watermarks.ReadUpTo, Is.EqualTo(Joined - 1));
        Assert.That((await _late.CatchUpAsync(_chat)).Select(m => m.MessageId), Is.EqualTo(Enumerable.Range((int)Joined, 10)));
        var own = await _late.SyncAsync(_chat, 0, limit: 1);
        Assert.That((own.Messages.Single().System!.Kind, own.Messages.Single().System!.UserIds.Single()), Is.EqualTo((SystemMessageKinds.MembersAdded, _late.UserId)));
        Assert.That(await _late.RefusalAsync("GetMessageInfo", new GetMessageInfoRequest(_chat, 5)), Does.StartWith("not_found: "));
        var info = await _ann.CallAsync<MessageInfo>("GetMessageInfo", new GetMessageInfoRequest(_chat, 5));
        Assert.That(info.Receipts.Select(r => r.UserId), Is.EqualTo(new[] { _bob.UserId }));
    }

    private async Task CheckAsync(TestClient client, string anchor, long id, int? limit, long first, long last, bool older, bool newer)
    {
        var page = await PageAsync(client, _chat, anchor, id, limit);
        var expected = first == 0 ? [] : Enumerable.Range((int)first, (int)(last - first + 1)).Select(i => (long)i);
        Assert.That(page.Messages.Select(m => m.MessageId), Is.EqualTo(expected));
        Assert.That((page.HasOlder, page.HasNewer), Is.EqualTo((older, newer)), "older, newer");
    }

    private static Task<MessagePage> PageAsync(TestClient client, long chat, string anchor, long id, int? limit) => client.ListMessagesAsync(anchor switch
    {
        "before" => new ListMessagesRequest(chat, BeforeMessageId: id, Limit: limit),
        "after" => new ListMessagesRequest(chat, AfterMessageId: id, Limit: limit),
        "around" => new ListMessagesRequest(chat, AroundMessageId: id, Limit: limit),
        _ => new ListMessagesRequest(chat, Limit: limit),
    });
}

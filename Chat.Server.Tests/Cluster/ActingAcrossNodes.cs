using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Media;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

/// <summary>What people do with messages on one node reaches the members on the other, at once or when they come back; so do the files, and the end of a suspended one's sessions.</summary>
[TestFixtureSource(typeof(RedisBackplanes), nameof(RedisBackplanes.Built))]
internal sealed class ActingAcrossNodes(string backplane)
{
    private readonly TempFolder _files = new();
    private TestDatabase? _database;
    private ChatServerFactory? _one;
    private ChatServerFactory? _two;
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _away = null!;
    private long _group;

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateAsync();
        var settings = TestSettings.Unthrottled(new()
        {
            ["ConnectionStrings:Redis"] = TestRedis.Shared, ["Redis:KeyPrefix"] = TestRedis.NewPrefix(), ["Redis:Backplane"] = backplane,
            // Nodes share the folder of the files, as they share the database.
            ["Media:Folder"] = _files.Path,
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
        _files.Dispose();
    }

    /// <summary>Ann on one node; Bob on the other, and somebody else there who is away when things happen.</summary>
    [SetUp]
    public async Task Meet()
    {
        _ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        _bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        _away = await TestClient.RegisterAsync(_two.Address, "Cem");
        _group = (await _ann.CreateGroupAsync("Group", _bob, _away)).ChatId;
        await _bob.UntilInAsync(_group);
    }

    [TearDown]
    public async Task Part()
    {
        foreach (var client in new[] { _ann, _bob, _away }) await client.DisposeAsync();
    }

    [Test]
    public async Task Reactions()
    {
        var sent = (await _ann.SendAsync(_group, "what do you say?")).MessageId;
        await _bob.Messages.WaitForAsync(m => m.MessageId == sent && m.ChatId == _group);
        await _away.Hub.StopAsync();
        await ChangeAsync(_bob, nameof(ChatHub.SetReaction), new SetReactionRequest(_group, sent, "👍"));
        var heard = await _ann.Changes.WaitForAsync(c => c.ChatId == _group && c.Kind == MessageChangeKinds.Reaction);
        Assert.That((heard.ActorId, heard.Emoji, heard.Message!.Reactions!.Single()), Is.EqualTo((_bob.UserId, "👍", new ReactionCountView("👍", 1))));

        await ChangeAsync(_ann, nameof(ChatHub.SetReaction), new SetReactionRequest(_group, sent, "👍"));
        await _bob.Changes.WaitForAsync(c => c.ActorId == _ann.UserId && c.Message!.Reactions!.Single().Count == 2);
        Assert.That((await ComeBackAsync(sent)).Single().Reactions, Is.EqualTo(new[] { new ReactionCountView("👍", 2) }));
    }

    [Test]
    public async Task Pins()
    {
        var sent = (await _ann.SendAsync(_group, "to be kept")).MessageId;
        await _away.Hub.StopAsync();
        await ChangeAsync(_ann, nameof(ChatHub.PinMessage), new PinMessageRequest(_group, sent));
        await _bob.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Pinned && c.Message!.Pinned == true);
        await _bob.Messages.WaitForAsync(m => m.System is { Kind: SystemMessageKinds.MessagePinned } system && system.MessageId == sent);
        Assert.That((await ComeBackAsync(sent)).Single().Pinned, Is.True);

        await ChangeAsync(_ann, nameof(ChatHub.UnpinMessage), new UnpinMessageRequest(_group, sent));
        await _away.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Unpinned && c.Message!.Pinned is null);
        var pinned = await _bob.CallAsync<PinnedPage>(nameof(ChatHub.ListPinned), new ListPinnedRequest(_group));
        Assert.That(pinned.Pinned, Is.Empty);
    }

    [Test]
    public async Task Polls()
    {
        var draft = new PollDraft("Which?", ["this", "that"]);
        var sent = (await _ann.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), Poll: draft))).MessageId;
        await _bob.Messages.WaitForAsync(m => m.MessageId == sent && m.Poll is { Voters: 0 });
        await _away.Hub.StopAsync();
        await ChangeAsync(_bob, nameof(ChatHub.VotePoll), new VotePollRequest(_group, sent, [1]));
        await _ann.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Vote && c.ActorId == _bob.UserId && c.Votes!.Single() == 1);
        await ChangeAsync(_ann, nameof(ChatHub.ClosePoll), new ClosePollRequest(_group, sent));
        await _bob.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.PollClosed);
        Assert.That(
            await _bob.RefusalAsync(nameof(ChatHub.VotePoll), new VotePollRequest(_group, sent, [0])), Does.StartWith("forbidden: "), "closed on the other node");

        var poll = (await ComeBackAsync(sent)).Single().Poll!;
        Assert.That((poll.Voters, poll.Options[1].Votes, poll.ClosedAt is not null), Is.EqualTo((1, 1, true)));
    }

    [Test]
    public async Task Somebody_who_is_suspended_on_one_node_is_out_on_the_other()
    {
        await _database!.ExecuteAsync("UPDATE users SET role = 'admin' WHERE user_id = @id", new { id = _ann.UserId });
        using var http = _one!.Http();
        using var answer = await SendAsync(http, _ann, HttpMethod.Post, $"/api/admin/users/{_bob.UserId}/suspend", JsonContent.Create(new { note = "spam" }));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await _bob.Closed.Task.OrDeadline();
        using var there = _two!.Http();
        using var refused = await there.PostAsJsonAsync("/api/auth/login", new { login = _bob.Account.PhoneNumber, password = _bob.Account.Password });
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("suspended"));
        Assert.That(_away.Closed.Task.IsCompleted, Is.False, "others stay");
    }

    [Test]
    public async Task A_file_that_was_uploaded_on_one_node_is_for_the_members_on_the_other()
    {
        var bytes = Samples.Png();
        using var here = _one!.Http();
        using var there = _two!.Http();
        using var uploaded = await SendAsync(here, _ann, HttpMethod.Post, "/api/media?type=image", new ByteArrayContent(bytes));
        var mediaId = (await uploaded.Content.ReadFromJsonAsync<MediaView>())!.MediaId;
        await _ann.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), MediaId: mediaId));
        await _bob.Messages.WaitForAsync(m => m.ChatId == _group && m.Media?.MediaId == mediaId);

        using var downloaded = await SendAsync(there, _bob, HttpMethod.Get, $"/api/media/{mediaId}");
        Assert.That(await downloaded.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes));
        await using var stranger = await TestClient.RegisterAsync(_two.Address, "Stranger");
        using var refused = await SendAsync(there, stranger, HttpMethod.Get, $"/api/media/{mediaId}");
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        // A link that one node has signed is good on the other.
        using var links = await SendAsync(here, _bob, HttpMethod.Get, $"/api/media/urls?ids={mediaId}");
        var link = (await links.Content.ReadFromJsonAsync<MediaUrls>())!.Urls.Single().Url;
        Assert.That(await there.GetByteArrayAsync(new Uri(link, UriKind.RelativeOrAbsolute)), Is.EqualTo(bytes));
    }

    private static Task<MessageChangeResult> ChangeAsync(TestClient client, string method, object request) =>
        client.CallAsync<MessageChangeResult>(method, request);

    /// <summary>Who was away holds all messages up to this one, as they were when they were sent.</summary>
    /// <returns>What changed of them meanwhile.</returns>
    private async Task<IReadOnlyList<MessageView>> ComeBackAsync(long upTo)
    {
        await _away.ReconnectAsync();
        var request = new SyncChatRequest(_group, upTo, AfterChangeId: 0, AfterHideId: 0);
        return (await _away.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), request)).Changes;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, TestClient caller, HttpMethod method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Account.AccessToken);
        return await http.SendAsync(request);
    }
}

using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Media;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Server.Tests.Cluster;

/// <summary>Rights, slow mode and invites where the one who rules is on one node and those who are ruled on the other.</summary>
[TestFixtureSource(typeof(RedisBackplanes), nameof(RedisBackplanes.Built))]
internal sealed class RulingAcrossNodes(string backplane)
{
    private readonly TempFolder _files = new();
    private TestDatabase? _database;
    private ChatServerFactory? _one;
    private ChatServerFactory? _two;
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateAsync();
        var settings = TestSettings.Unthrottled(new()
        {
            ["ConnectionStrings:Redis"] = TestRedis.Shared, ["Redis:KeyPrefix"] = TestRedis.NewPrefix(), ["Redis:Backplane"] = backplane,
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

    [SetUp]
    public async Task Connect()
    {
        _ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        _bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        _carol = await TestClient.RegisterAsync(_two!.Address, "Carol");
        _group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(_group);
        // The second node knows the roster from now on, and must hear that it is another.
        await _bob.SendAsync(_group, "first");
    }

    [TearDown]
    public async Task Disconnect()
    {
        foreach (var client in new[] { _ann, _bob, _carol }) await client.DisposeAsync();
    }

    [Test]
    public async Task What_is_forbidden_on_one_node_is_refused_on_the_other_at_once()
    {
        for (var i = 0; i < 10; i++)
        {
            await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(_group, _bob.UserId, ["react"]));
            Assert.That(
                await _bob.RefusalAsync(nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "),
                "by the cached roster, or under the lock");
            await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(_group, _bob.UserId));
            // A node may believe for a moment in what was forbidden; then it knows better.
            await Deadline.UntilAsync(async () => await MaySendAsync(_bob), "Bob may send again");
        }
    }

    [Test]
    public async Task Slow_mode_counts_over_both_nodes()
    {
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetSlowMode), new SetSlowModeRequest(_group, 600));
        await using var bobsPhone = await TestClient.ConnectAsync(_one!.Address, _bob.Account);
        var sends = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => MaySendAsync(i % 2 == 0 ? _bob : bobsPhone)));
        Assert.That(sends.Count(stored => stored), Is.EqualTo(1));
    }

    [Test]
    public async Task Who_joins_on_one_node_is_heard_and_hears_on_both()
    {
        var invite = await _ann.CallAsync<CreateInviteResult>(nameof(ChatHub.CreateInvite), new CreateInviteRequest(_group, NeedsApproval: true));
        var (asked, answered) = (new EventLog<JoinRequestedEvent>(), new EventLog<JoinRequestAnsweredEvent>());
        using var one = _ann.Hub.On<JoinRequestedEvent>(nameof(IChatClient.JoinRequested), asked.Add);
        using var two = _carol.Hub.On<JoinRequestAnsweredEvent>(nameof(IChatClient.JoinRequestAnswered), answered.Add);
        await _carol.CallAsync<JoinByInviteResult>(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite.Code));
        await asked.WaitForAsync(r => r.UserId == _carol.UserId);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AnswerJoinRequest), new AnswerJoinRequestRequest(_group, _carol.UserId, true));
        await answered.WaitForAsync(a => a.ChatId == _group);
        await _carol.UntilInAsync(_group);
        await _ann.SendAsync(_group, "from one");
        await _carol.Messages.WaitForAsync(m => m.Text == "from one");
        await _carol.SendAsync(_group, "from two");
        await _ann.Messages.WaitForAsync(m => m.Text == "from two");
    }

    [Test]
    public async Task A_picture_set_on_one_node_is_told_and_shown_on_the_other()
    {
        var mediaId = await UploadAsync(_ann);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetChatPicture), new SetChatPictureRequest(_group, mediaId));
        Assert.That((await _bob.ChatsUpdated.WaitForAsync(c => c.ChatId == _group && c.PictureMediaId is not null)).PictureMediaId, Is.EqualTo(mediaId));
        await _bob.Messages.WaitForAsync(m => m.System?.Kind == SystemMessageKinds.PictureChanged);
        Assert.That((await DownloadAsync(_bob, mediaId), await DownloadAsync(_carol, mediaId)), Is.EqualTo((200, 404)));
    }

    [Test]
    public async Task Who_is_banned_on_one_node_comes_in_on_neither()
    {
        var invite = await _ann.CallAsync<CreateInviteResult>(nameof(ChatHub.CreateInvite), new CreateInviteRequest(_group));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.BanMember), new BanMemberRequest(_group, _bob.UserId));
        await _bob.ChatsRemoved.WaitForAsync(c => c.ChatId == _group);
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.SendMessage), new SendMessageRequest(_group, Guid.NewGuid(), "x")), Does.StartWith("not_found: "));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite.Code)), Does.StartWith("forbidden: "));
    }

    [Test]
    public async Task Nobody_slips_in_on_one_node_while_they_are_banned_on_the_other()
    {
        var invite = await _ann.CallAsync<CreateInviteResult>(nameof(ChatHub.CreateInvite), new CreateInviteRequest(_group));
        for (var i = 0; i < 20; i++)
        {
            var joining = MayAsync(_carol, nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite.Code));
            await _ann.CallAsync<MembershipResult>(nameof(ChatHub.BanMember), new BanMemberRequest(_group, _carol.UserId));
            await joining;
            Assert.That(await _carol.RefusalAsync(nameof(ChatHub.GetChat), new GetChatRequest(_group)), Does.StartWith("not_found: "));
            await _ann.CallAsync<MembershipResult>(nameof(ChatHub.UnbanMember), new UnbanMemberRequest(_group, _carol.UserId));
        }
    }

    private static async Task<bool> MayAsync(TestClient client, string method, object request)
    {
        try
        {
            await client.CallAsync<JoinByInviteResult>(method, request);
            return true;
        }
        catch (Microsoft.AspNetCore.SignalR.HubException)
        {
            return false;
        }
    }

    private async Task<long> UploadAsync(TestClient client)
    {
        using var http = HttpOf(_one!, client);
        using var response = await http.PostAsync("/api/media?type=image", new ByteArrayContent(Samples.Png()));
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<MediaView>())!.MediaId;
    }

    private async Task<int> DownloadAsync(TestClient client, long mediaId)
    {
        using var http = HttpOf(_two!, client);
        using var response = await http.GetAsync($"/api/media/{mediaId}");
        return (int)response.StatusCode;
    }

    private static HttpClient HttpOf(ChatServerFactory node, TestClient client)
    {
        var http = node.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", client.Account.AccessToken);
        return http;
    }

    private async Task<bool> MaySendAsync(TestClient client)
    {
        try
        {
            await client.SendAsync(_group, "x");
            return true;
        }
        catch (Microsoft.AspNetCore.SignalR.HubException)
        {
            return false;
        }
    }
}

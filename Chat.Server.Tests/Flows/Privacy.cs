using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Who sees what of whom: each setting, each relation, each place where it shows.</summary>
[TestFixture]
public sealed class Privacy : ServerFixture
{
    private const string Picture = "https://example.org/bob.png";
    private TestClient _bob = null!;
    private TestClient _contact = null!;
    private TestClient _excepted = null!;
    private TestClient _stranger = null!;
    private TestClient _blocked = null!;
    private readonly Dictionary<TestClient, long> _chats = [];

    [OneTimeSetUp]
    public async Task Meet()
    {
        (_bob, _contact, _excepted) = (await RegisterAsync("Bob"), await RegisterAsync("Contact"), await RegisterAsync("Excepted"));
        (_stranger, _blocked) = (await RegisterAsync("Stranger"), await RegisterAsync("Blocked"));
        using var http = Http(_bob);
        using var changed = await http.PatchAsJsonAsync("/api/me", new { status = "busy", profilePictureUrl = Picture });
        changed.EnsureSuccessStatusCode();
        foreach (var contact in new[] { _contact, _excepted, _blocked })
            await _bob.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(contact.UserId));
        foreach (var other in Others)
        {
            _chats[other] = (await other.OpenDirectChatAsync(_bob)).ChatId;
            await other.SendAsync(_chats[other], "hello");
        }
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_blocked.UserId));
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        foreach (var client in Others.Append(_bob)) await client.DisposeAsync();
    }

    private TestClient[] Others => [_contact, _excepted, _stranger, _blocked];

    // Who is let through: contact, excepted contact, stranger. Whoever is blocked never is.
    [TestCase(Audiences.Everyone, true, true, true)]
    [TestCase(Audiences.Contacts, true, true, false)]
    [TestCase(Audiences.ContactsExcept, true, false, false)]
    [TestCase(Audiences.Nobody, false, false, false)]
    public async Task The_audience_decides(string audience, bool contact, bool excepted, bool stranger)
    {
        var expected = new[] { contact, excepted, stranger, false };
        foreach (var setting in PrivacySettings.All)
        {
            await SetAsync(setting, audience);
            for (var i = 0; i < Others.Length; i++)
                Assert.That(await IsShownAsync(setting, Others[i]), Is.EqualTo(expected[i]), $"{setting} to {Others[i].Account.UserId} ({i})");
            await SetAsync(setting, Audiences.Everyone);
        }
    }

    [Test]
    public async Task Who_loses_sight_of_somebody_hears_no_more()
    {
        await Deadline.UntilAsync(async () => (await WatchAsync(_stranger)).Presences is [{ Online: true }], "Bob is seen online");
        var heard = _stranger.Presences.All.Count;
        await SetAsync(PrivacySettings.LastSeen, Audiences.Contacts);
        await _stranger.Presences.WaitForCountAsync(heard + 1);
        Assert.That(_stranger.Presences.All[^1] is { Online: false, LastSeen: null }, "the end is told without a time");
        Assert.That((await WatchAsync(_stranger)).Presences, Is.Empty);
        await SetAsync(PrivacySettings.LastSeen, Audiences.Everyone);
        Assert.That((await WatchAsync(_stranger)).Presences, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Read_receipts_are_off_both_ways_in_direct_chats_only()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var cem = await RegisterAsync("Cem");
        var direct = (await ann.OpenDirectChatAsync(cem)).ChatId;
        var group = (await ann.CreateGroupAsync("Group", cem)).ChatId;
        await cem.CallAsync<SettingsView>(nameof(ChatHub.SetReadReceipts), new SetReadReceiptsRequest(false));

        foreach (var (sender, reader) in new[] { (ann, cem), (cem, ann) })
        {
            var sent = (await sender.SendAsync(direct, "read me")).MessageId;
            var inGroup = (await sender.SendAsync(group, "and me")).MessageId;
            await reader.MarkReadAsync(direct, sent);
            await reader.MarkReadAsync(group, inGroup);
            await sender.Receipts.WaitForAsync(r => r.ChatId == direct && r.Receipts.Any(v => v.UserId == reader.UserId && v.DeliveredUpTo == sent));
            await sender.Receipts.WaitForAsync(r => r.ChatId == group && r.Receipts.Any(v => v.UserId == reader.UserId && v.ReadUpTo == inGroup));
            Assert.That(
                sender.Receipts.All.Where(r => r.ChatId == direct).SelectMany(r => r.Receipts).Where(v => v.UserId == reader.UserId).Select(v => v.ReadUpTo),
                Is.All.Zero);
            Assert.That((await sender.GetChatAsync(direct)).Watermarks is { OthersReadUpTo: 0 } marks && marks.OthersDeliveredUpTo == sent);
            Assert.That((await sender.ListChatsAsync()).Chats.Single(c => c.ChatId == direct).Watermarks.OthersReadUpTo, Is.Zero);
            Assert.That((await sender.SyncAsync(direct, 0)).Watermarks.OthersReadUpTo, Is.Zero);
            Assert.That((await sender.GetChatAsync(group)).Watermarks.OthersReadUpTo, Is.EqualTo(inGroup));
            var info = await sender.CallAsync<MessageInfo>(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(direct, sent));
            Assert.That(info.Receipts.Single() is { ReadAt: null, DeliveredAt: not null });
            var people = await sender.CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(direct));
            Assert.That(people.Participants.Single(p => p.User.UserId == reader.UserId).ReadUpTo, Is.Zero);
            Assert.That((await reader.GetChatAsync(direct)).Watermarks.ReadUpTo, Is.EqualTo(sent), "one's own marks count on");
        }
    }

    [Test]
    public async Task Who_may_not_be_added_is_named()
    {
        await SetAsync(PrivacySettings.Groups, Audiences.Contacts);
        await using var other = await RegisterAsync("Other");
        var group = (await _stranger.CreateGroupAsync("Group", _contact)).ChatId;
        var result = await _stranger.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [_bob.UserId, other.UserId]));
        Assert.That((result.UserIds.Single(), result.NotAllowedIds.Single()), Is.EqualTo((other.UserId, _bob.UserId)));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.GetChat), new GetChatRequest(group)), Does.StartWith("not_found: "));
        Assert.That(
            await _stranger.RefusalAsync(nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "Two", [_bob.UserId, other.UserId])),
            Does.StartWith("forbidden: ").And.EndsWith($": {_bob.UserId}"));
        await SetAsync(PrivacySettings.Groups, Audiences.Everyone);
    }

    private async Task<bool> IsShownAsync(string setting, TestClient viewer)
    {
        if (setting == PrivacySettings.LastSeen) return (await WatchAsync(viewer)).Presences.Count > 0;
        if (setting == PrivacySettings.Groups)
        {
            var group = (await viewer.CreateGroupAsync("Group", await RegisterAsync())).ChatId;
            var result = await viewer.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [_bob.UserId]));
            return result.NotAllowedIds.Count == 0;
        }
        // Every door to a person must say the same.
        using var http = Http(viewer);
        UserView[] views =
        [
            (await viewer.GetChatAsync(_chats[viewer])).Peer!,
            (await viewer.ListChatsAsync()).Chats.Single(c => c.ChatId == _chats[viewer]).Peer!,
            (await viewer.CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(_chats[viewer])))
                .Participants.Single(p => p.User.UserId == _bob.UserId).User,
            (await http.GetFromJsonAsync<UserView>($"/api/users/{_bob.UserId}"))!,
            (await http.GetFromJsonAsync<UserView>($"/api/users/find?login={Uri.EscapeDataString(_bob.Account.PhoneNumber)}"))!,
            (await http.GetFromJsonAsync<Users>($"/api/users?ids={_bob.UserId}"))!.List.Single(),
        ];
        var shown = views.Select(view => setting == PrivacySettings.Picture ? view.ProfilePictureUrl == Picture : view.Status == "busy").ToList();
        Assert.That(shown, Is.All.EqualTo(shown[0]), $"{setting}: every door says the same");
        return shown[0];
    }

    private Task<WatchPresenceResult> WatchAsync(TestClient viewer) =>
        viewer.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), new WatchPresenceRequest([_bob.UserId]));

    private Task<SettingsView> SetAsync(string setting, string audience) => _bob.CallAsync<SettingsView>(
        nameof(ChatHub.SetPrivacy),
        new SetPrivacyRequest(setting, audience, audience == Audiences.ContactsExcept ? [_excepted.UserId, _blocked.UserId] : null));

    private HttpClient Http(TestClient client)
    {
        var http = Server.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", client.Account.AccessToken);
        return http;
    }

    private sealed record Users([property: System.Text.Json.Serialization.JsonPropertyName("users")] IReadOnlyList<UserView> List);
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Chat.Server.Tests.Media;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Pictures;

/// <summary>Somebody's own picture as an uploaded file: where it shows, who may download it, how long it stays.</summary>
[TestFixture]
public sealed class PicturesOfPeople : MediaFixture
{
    private static int _seeds = 2_000;

    private TestClient _bob = null!;
    private TestClient _contact = null!;
    private TestClient _excepted = null!;
    private TestClient _stranger = null!;
    private TestClient _blocked = null!;

    [SetUp]
    public async Task Meet()
    {
        (_bob, _contact, _excepted) = (await RegisterAsync("Bob"), await RegisterAsync("Contact"), await RegisterAsync("Excepted"));
        (_stranger, _blocked) = (await RegisterAsync("Stranger"), await RegisterAsync("Blocked"));
        foreach (var contact in new[] { _contact, _excepted, _blocked })
            await _bob.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(contact.UserId));
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_blocked.UserId));
    }

    [TearDown]
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
    public async Task The_audience_decides_of_the_file_as_of_its_id(string audience, bool contact, bool excepted, bool stranger)
    {
        var picture = await UploadAsync(_bob, NewPng());
        await PutThumbnailAsync(_bob, picture.MediaId, Samples.Jpeg(500, seed: 1));
        await SetAsync(_bob, picture.MediaId);
        var links = new List<string>();
        foreach (var other in Others.Except([_blocked])) links.Add((await UrlAsync(other, picture.MediaId)).Url);
        await _bob.CallAsync<SettingsView>(
            nameof(ChatHub.SetPrivacy),
            new SetPrivacyRequest(PrivacySettings.Picture, audience, audience == Audiences.ContactsExcept ? [_excepted.UserId, _blocked.UserId] : null));

        foreach (var (other, shown) in Others.Zip([contact, excepted, stranger, false]))
        {
            Assert.That((await SeenByAsync(other)).PictureMediaId, Is.EqualTo(shown ? picture.MediaId : null), "the id");
            Assert.That(await StatusAsync(other, $"/api/media/{picture.MediaId}"), Is.EqualTo(shown ? 200 : 404), "the file");
            Assert.That(await StatusAsync(other, $"/api/media/{picture.MediaId}/thumbnail"), Is.EqualTo(shown ? 200 : 404), "its thumbnail");
        }
        foreach (var (link, shown) in links.Zip([contact, excepted, stranger]))
            Assert.That(await StatusAsync(null, link), Is.EqualTo(shown ? 200 : 404), "an address from before");
        Assert.That(await StatusAsync(_bob, $"/api/media/{picture.MediaId}"), Is.EqualTo(200), "one's own");
    }

    [Test]
    public async Task Every_door_shows_it()
    {
        var picture = await UploadAsync(_bob, NewPng());
        var profile = await SetAsync(_bob, picture.MediaId);
        Assert.That(profile.PictureMediaId, Is.EqualTo(picture.MediaId));
        var chat = (await _contact.OpenDirectChatAsync(_bob)).ChatId;
        await _contact.SendAsync(chat, "hello");
        var contact = await _stranger.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(_bob.UserId));
        var found = await _stranger.CallAsync<PeopleSearchResult>(nameof(ChatHub.SearchPeople), new SearchPeopleRequest("Bob"));
        var chats = await _contact.CallAsync<ChatSearchResult>(nameof(ChatHub.SearchChats), new SearchChatsRequest("Bob"));
        var people = await _contact.CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(chat));
        var shown = new[]
        {
            await SeenByAsync(_stranger), contact.User, found.People.Single().User, chats.Chats.Single().Peer!, (await _contact.GetChatAsync(chat)).Peer!,
            people.Participants.Single(p => p.User.UserId == _bob.UserId).User,
        };
        Assert.That(shown.Select(user => user.PictureMediaId), Is.All.EqualTo(picture.MediaId));
        Assert.That((await _contact.GetChatAsync(chat)).PictureMediaId, Is.Null, "of the chat there is none: it is the other person's");

        Assert.That((await SetAsync(_bob, null)).PictureMediaId, Is.Null);
        Assert.That((await SeenByAsync(_stranger)).PictureMediaId, Is.Null);
        Assert.That(await StatusAsync(_stranger, $"/api/media/{picture.MediaId}"), Is.EqualTo(404));
    }

    [TestCase("0", 400)]
    [TestCase("-1", 400)]
    [TestCase("1.5", 400)]
    [TestCase("\"text\"", 400)]
    [TestCase("[1]", 400)]
    [TestCase("{}", 400)]
    [TestCase("9007199254740992", 400)]
    [TestCase("987654321", 404)]
    public async Task What_is_no_file_is_refused(string value, int status)
    {
        using var response = await PatchAsync(_bob, $$"""{"name": "Changed", "pictureMediaId": {{value}}}""");
        var problem = await response.Content.ReadFromJsonAsync<Problem>();
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That((problem!.Code, problem.Field), Is.EqualTo(status == 400 ? ("invalid", "pictureMediaId") : ("not_found", null)));
        Assert.That((await SeenByAsync(_stranger)).Name, Is.EqualTo("Bob"), "one wrong field changes nothing");
    }

    [Test]
    public async Task A_file_of_somebody_else_or_that_is_no_image_is_refused()
    {
        var (theirs, video) = (await UploadAsync(_stranger, NewPng()), await UploadAsync(_bob, Samples.Mp4(), "type=video"));
        using var hidden = await PatchAsync(_bob, $$"""{"pictureMediaId": {{theirs.MediaId}}}""");
        using var wrong = await PatchAsync(_bob, $$"""{"pictureMediaId": {{video.MediaId}}}""");
        Assert.That((hidden.StatusCode, wrong.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.BadRequest)));
        Assert.That((await SeenByAsync(_contact)).PictureMediaId, Is.Null);
    }

    [Test]
    public async Task Its_file_stays_until_another_takes_its_place()
    {
        var (first, second) = (await UploadAsync(_bob, NewPng()), await UploadAsync(_bob, NewPng()));
        await SetAsync(_bob, first.MediaId);
        await ExpireAsync(first.MediaId);
        await CollectAsync();
        Assert.That(await StatusAsync(_stranger, $"/api/media/{first.MediaId}"), Is.EqualTo(200));
        await SetAsync(_bob, first.MediaId);
        await ExpireAsync(first.MediaId, second.MediaId);
        await SetAsync(_bob, second.MediaId);
        await CollectAsync();
        Assert.That((await StatusAsync(_bob, $"/api/media/{first.MediaId}"), await StatusAsync(_stranger, $"/api/media/{second.MediaId}")), Is.EqualTo((404, 200)));
    }

    [Test]
    public async Task It_goes_with_the_account()
    {
        var picture = await UploadAsync(_bob, NewPng());
        await SetAsync(_bob, picture.MediaId);
        await ExpireAsync(picture.MediaId);
        await CollectAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/me/delete") { Content = JsonContent.Create(new { password = TestAccount.DefaultPassword }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _bob.Account.AccessToken);
        using var deleted = await Http.SendAsync(request);
        Assert.That(deleted.IsSuccessStatusCode, Is.True, await deleted.Content.ReadAsStringAsync());
        Assert.That((await SeenByAsync(_contact)).PictureMediaId, Is.Null);
        Assert.That(await StatusAsync(_contact, $"/api/media/{picture.MediaId}"), Is.EqualTo(404));
        await CollectAsync();
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM media WHERE media_id = @MediaId", picture), Is.Zero);
    }

    private static byte[] NewPng() => Samples.Png(seed: Interlocked.Increment(ref _seeds));

    private async Task<Features.Accounts.Profile> SetAsync(TestClient client, long? mediaId)
    {
        using var response = await PatchAsync(client, $$"""{"pictureMediaId": {{mediaId?.ToString() ?? "null"}}}""");
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Features.Accounts.Profile>())!;
    }

    private async Task<HttpResponseMessage> PatchAsync(TestClient client, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/me") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Account.AccessToken);
        return await Http.SendAsync(request);
    }

    private async Task<UserView> SeenByAsync(TestClient viewer)
    {
        using var response = await GetAsync(viewer, $"/api/users/{_bob.UserId}");
        return (await response.Content.ReadFromJsonAsync<UserView>())!;
    }

    private async Task<int> StatusAsync(TestClient? client, string path)
    {
        using var response = await GetAsync(client, path);
        return (int)response.StatusCode;
    }

    private Task CollectAsync() => Server.Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None);

    private Task ExpireAsync(params IReadOnlyList<long> mediaIds) =>
        Database.ExecuteAsync("UPDATE media SET check_after = @past WHERE media_id IN @mediaIds", new { mediaIds, past = DateTime.UtcNow.AddMinutes(-1) });

    private sealed record Problem(string Code, string? Field);
}

using System.Net;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Media;

/// <summary>A file is for its uploader and for those who may see a message that holds it.</summary>
[TestFixture]
public sealed class Downloading : MediaFixture
{
    private static readonly byte[] Bytes = Samples.Png(10_000, seed: 7);

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _stranger = null!;

    [OneTimeSetUp]
    public async Task Register()
    {
        _ann = await RegisterAsync("Ann");
        _bob = await RegisterAsync("Bob");
        _stranger = await RegisterAsync("Stranger");
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        foreach (var client in new[] { _ann, _bob, _stranger }) await client.DisposeAsync();
    }

    [Test]
    public async Task Who_may_see_the_message_may_see_the_file()
    {
        var media = await UploadAsync(_ann, Bytes);
        var chat = await _ann.OpenDirectChatAsync(_bob);
        Assert.That(await StatusesAsync(media.MediaId), Is.EqualTo((200, 404, 404)), "before it is sent");

        await HoldAsync(_ann, chat.ChatId, media.MediaId);
        Assert.That(await StatusesAsync(media.MediaId), Is.EqualTo((200, 200, 404)), "once it is sent");
    }

    [Test]
    public async Task Who_hid_the_message_may_not()
    {
        var media = await UploadAsync(_ann, Bytes);
        var chat = await _ann.OpenDirectChatAsync(_bob);
        var messageId = await HoldAsync(_ann, chat.ChatId, media.MediaId);
        await _bob.CallAsync<DeleteMessagesResult>("DeleteMessages", new DeleteMessagesRequest(chat.ChatId, [messageId]));
        Assert.That(await StatusesAsync(media.MediaId), Is.EqualTo((200, 404, 404)));
    }

    [Test]
    public async Task Who_came_later_or_left_may_not()
    {
        var media = await UploadAsync(_ann, Bytes);
        var group = await _ann.CreateGroupAsync("Group", _bob);
        await HoldAsync(_ann, group.ChatId, media.MediaId);
        await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [_stranger.UserId]));
        Assert.That(await StatusesAsync(media.MediaId), Is.EqualTo((200, 200, 404)), "it was sent before the stranger came");

        var link = (await UrlAsync(_bob, media.MediaId)).Url;
        await _bob.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(group.ChatId));
        Assert.That(await StatusesAsync(media.MediaId), Is.EqualTo((200, 404, 404)), "Bob left");
        using var byLink = await GetAsync(null, link);
        Assert.That(byLink.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "nor by an address from before");
    }

    [Test]
    public async Task A_file_that_one_may_not_see_is_as_one_that_does_not_exist()
    {
        var media = await UploadAsync(_ann, Bytes);
        using var hidden = await GetAsync(_bob, $"/api/media/{media.MediaId}");
        using var none = await GetAsync(_bob, "/api/media/987654321");
        Assert.That(hidden.StatusCode, Is.EqualTo(none.StatusCode));
        using var urls = await GetAsync(_bob, $"/api/media/urls?ids={media.MediaId},987654321");
        Assert.That(await urls.Content.ReadAsStringAsync(), Is.EqualTo("""{"urls":[]}"""));
    }

    [TestCase("bytes=0-9", 0, 10)]
    [TestCase("bytes=9990-", 9_990, 10)]
    [TestCase("bytes=-7", 9_993, 7)]
    [TestCase("bytes=5000-20000", 5_000, 5_000)]
    public async Task A_range(string range, int offset, int length)
    {
        var media = await UploadAsync(_ann, Bytes);
        using var response = await GetAsync(_ann, $"/api/media/{media.MediaId}", range);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.EqualTo(Bytes.AsSpan(offset, length).ToArray()));
        Assert.That(response.Content.Headers.ContentRange?.Length, Is.EqualTo(Bytes.Length));
    }

    [Test]
    public async Task A_range_beyond_the_end()
    {
        var media = await UploadAsync(_ann, Bytes);
        using var response = await GetAsync(_ann, $"/api/media/{media.MediaId}", "bytes=10000-");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestedRangeNotSatisfiable));
    }

    [Test]
    public async Task What_the_client_has_is_not_sent_again()
    {
        var media = await UploadAsync(_ann, Bytes);
        using var first = await GetAsync(_ann, $"/api/media/{media.MediaId}");
        using var second = await GetAsync(_ann, $"/api/media/{media.MediaId}", ifNoneMatch: first.Headers.ETag!.ToString());
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [Test]
    public async Task A_signed_address_needs_no_token()
    {
        var media = await UploadAsync(_ann, Bytes);
        await PutThumbnailAsync(_ann, media.MediaId, Samples.Jpeg(500));
        var urls = await UrlAsync(_ann, media.MediaId);
        using var file = await GetAsync(null, urls.Url, "bytes=0-99");
        Assert.That(await file.Content.ReadAsByteArrayAsync(), Is.EqualTo(Bytes.AsSpan(0, 100).ToArray()));
        using var thumbnail = await GetAsync(null, urls.ThumbnailUrl!);
        Assert.That(await thumbnail.Content.ReadAsByteArrayAsync(), Is.EqualTo(Samples.Jpeg(500)));
    }

    [Test]
    public async Task A_signed_address_is_for_one_file_and_one_part()
    {
        var media = await UploadAsync(_ann, Bytes);
        var other = await UploadAsync(_ann, Samples.Png(seed: 8));
        await PutThumbnailAsync(_ann, media.MediaId, Samples.Jpeg(500));
        var url = (await UrlAsync(_ann, media.MediaId)).Url;
        var token = url[(url.IndexOf('=') + 1)..];
        string[] wrong =
        [
            $"/media/{other.MediaId}?token={token}", $"/media/{media.MediaId}/thumbnail?token={token}", $"/media/{media.MediaId}",
            $"/media/{media.MediaId}?token=", $"/media/{media.MediaId}?token=%25", $"/media/{media.MediaId}?token={new string('a', 2_000)}",
            $"/media/{media.MediaId}?token={(token[20] == 'A' ? 'B' : 'A')}{token[1..]}",
            $"/media/{media.MediaId}?token={token[..30]}{(token[30] == 'A' ? 'B' : 'A')}{token[31..]}",
        ];
        foreach (var address in wrong)
        {
            using var response = await GetAsync(null, address);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), address);
        }
    }

    private async Task<(int Ann, int Bob, int Stranger)> StatusesAsync(long mediaId)
    {
        var statuses = new List<int>();
        foreach (var client in new[] { _ann, _bob, _stranger })
        {
            using var response = await GetAsync(client, $"/api/media/{mediaId}");
            statuses.Add((int)response.StatusCode);
        }
        return (statuses[0], statuses[1], statuses[2]);
    }
}

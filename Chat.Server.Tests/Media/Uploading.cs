using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Media;

/// <summary>Files come in whole or not at all, and are what they say.</summary>
[TestFixture]
public sealed class Uploading : MediaFixture
{
    private TestClient _ann = null!;

    [OneTimeSetUp]
    public async Task Register() => _ann = await RegisterAsync("Ann");

    [OneTimeTearDown]
    public async Task Disconnect() => await _ann.DisposeAsync();

    [Test]
    public async Task A_file_comes_back_as_it_went_in()
    {
        var bytes = Samples.Png(150_000, seed: 1);
        var media = await UploadAsync(_ann, bytes, "type=image&fileName=a%20picture.exe&width=640&height=480");
        using var response = await GetAsync(_ann, $"/api/media/{media.MediaId}");
        var content = await response.Content.ReadAsByteArrayAsync();
        Assert.Multiple(() =>
        {
            Assert.That(media.ContentType, Is.EqualTo("image/png"), "the name is not believed");
            Assert.That((media.ByteSize, media.Width, media.Height, media.FileName), Is.EqualTo((150_000L, 640, 480, "a picture.exe")));
            Assert.That(content, Is.EqualTo(bytes));
            Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo("image/png"));
            Assert.That(response.Content.Headers.ContentDisposition, Is.Null);
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        });
    }

    [Test]
    public async Task The_same_bytes_are_stored_once()
    {
        var bytes = Samples.Png(seed: 2);
        var before = Folder.Files.Count;
        var bob = await RegisterAsync("Bob");
        var uploads = await Task.WhenAll(
            UploadAsync(_ann, bytes), UploadAsync(bob, bytes), UploadAsync(_ann, bytes, "type=document"), UploadAsync(bob, bytes, "type=document"));
        Assert.That(uploads.Select(u => u.MediaId), Is.Unique);
        var blobs = await Database.ScalarAsync<long>(
            "SELECT COUNT(DISTINCT blob_key) FROM media WHERE media_id IN @ids", new { ids = uploads.Select(u => u.MediaId) });
        Assert.That(blobs, Is.EqualTo(1));
        var last = await UploadAsync(_ann, bytes);
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM media WHERE media_id = @MediaId", last), Is.EqualTo(1));
        // Those who stored at the same moment leave an object each, which is collected; a later one adds none.
        Assert.That(Folder.Files, Has.Count.InRange(before + 1, before + 4));
        await bob.DisposeAsync();
    }

    [Test]
    public async Task A_document_is_only_downloaded()
    {
        var media = await UploadAsync(_ann, Samples.Text("<script>alert(1)</script>"), "type=document&fileName=page%22.html");
        using var response = await GetAsync(_ann, $"/api/media/{media.MediaId}");
        Assert.Multiple(() =>
        {
            Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo("application/octet-stream"));
            Assert.That(response.Content.Headers.ContentDisposition?.DispositionType, Is.EqualTo("attachment"));
            Assert.That(response.Content.Headers.ContentDisposition?.FileNameStar, Is.EqualTo("page\".html"));
            Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("sandbox"));
        });
    }

    [TestCase("type=image", "body")]
    [TestCase("type=film", "type")]
    [TestCase("", "type")]
    [TestCase("type=document&width=1&height=1", "width")]
    [TestCase("type=image&width=1", "height")]
    [TestCase("type=image&width=20001&height=1", "width")]
    [TestCase("type=image&width=x&height=1", "width")]
    [TestCase("type=document&durationMs=5", "durationMs")]
    [TestCase("type=audio&durationMs=0", "durationMs")]
    [TestCase("type=document&fileName=", "fileName")]
    [TestCase("type=document&fileName=a%0Ab", "fileName")]
    public async Task What_is_wrong_is_refused_by_name_and_leaves_nothing(string query, string field)
    {
        var before = (Folder.Files.Count, await Database.PictureAsync());
        using var response = await PostAsync(_ann, new ByteArrayContent(Samples.Text("no picture at all")), query);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That(((int)response.StatusCode, (string?)problem["code"], (string?)problem["field"]), Is.EqualTo((400, "invalid", field)));
        Assert.That((Folder.Files.Count, await Database.PictureAsync()), Is.EqualTo(before));
    }

    [TestCase(true, TestName = "Too large, and says so")]
    [TestCase(false, TestName = "Too large, and does not say so")]
    public async Task What_is_too_large_leaves_nothing(bool announced)
    {
        var before = Folder.Files;
        var bytes = Samples.Png(200_001);
        using var body = announced ? new ByteArrayContent(bytes) : (HttpContent)new UnannouncedContent(bytes);
        using var response = await PostAsync(_ann, body);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.ToString(), Does.Contain("200000"));
        Assert.That(Folder.Files, Is.EqualTo(before));
    }

    [Test]
    public async Task The_largest_passes() => Assert.That((await UploadAsync(_ann, Samples.Png(200_000))).ByteSize, Is.EqualTo(200_000));

    [Test]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        var before = await Database.PictureAsync();
        var files = Folder.Files.Count;
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(Server.Address.Host, Server.Address.Port);
            await socket.GetStream().WriteAsync(Samples.Text(
                $"POST /api/media?type=image HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_ann.Account.AccessToken}\r\nContent-Length: 100000\r\n\r\n"));
            await socket.GetStream().WriteAsync(Samples.Png(50_000));
            await Deadline.UntilAsync(() => Folder.Files.Any(f => f.EndsWith(".part", StringComparison.Ordinal)), "the upload has begun");
        }
        await Deadline.UntilAsync(() => Folder.Files.Count == files, "the file is gone");
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_thumbnail_is_set_once()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 3));
        Assert.That(media.HasThumbnail, Is.False);
        var bob = await RegisterAsync("Bob");
        var calls = new[]
        {
            await PutThumbnailAsync(_ann, media.MediaId, Samples.Text("no picture")),
            await PutThumbnailAsync(_ann, media.MediaId, Samples.Jpeg(2001)),
            await PutThumbnailAsync(bob, media.MediaId, Samples.Jpeg(500)),
            await PutThumbnailAsync(_ann, media.MediaId, Samples.Jpeg(500)),
            await PutThumbnailAsync(_ann, media.MediaId, Samples.Jpeg(500)),
            await PutThumbnailAsync(_ann, media.MediaId, Samples.Jpeg(600)),
        };
        Assert.That(calls.Select(c => (int)c.StatusCode), Is.EqualTo(new[] { 400, 413, 404, 204, 204, 409 }));
        using var thumbnail = await GetAsync(_ann, $"/api/media/{media.MediaId}/thumbnail");
        Assert.That(await thumbnail.Content.ReadAsByteArrayAsync(), Is.EqualTo(Samples.Jpeg(500)));
        Assert.That(thumbnail.Content.Headers.ContentType?.ToString(), Is.EqualTo("image/jpeg"));
        await bob.DisposeAsync();
    }

    [Test]
    public async Task Nobody_uploads_without_a_token()
    {
        using var response = await Http.PostAsync("/api/media?type=document", new ByteArrayContent(Samples.Text("x")));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    /// <summary>A body whose length is not told beforehand.</summary>
    private sealed class UnannouncedContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

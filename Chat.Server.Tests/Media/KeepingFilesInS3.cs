using System.Net;
using Chat.Server.Features.Media;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Media;

/// <summary>The same with an object store, over a real server that speaks its protocol.</summary>
[TestFixture]
public sealed class KeepingFilesInS3 : MediaFixture
{
    private const int LargeBytes = 20 << 20;

    private S3Server _s3 = null!;

    protected override Dictionary<string, string> Settings => new(base.Settings)
    {
        ["Media:IncomingFolder"] = Path.Combine(Folder.Path, "incoming"),
        ["S3:Bucket"] = S3Server.Bucket,
        ["S3:ServiceUrl"] = (_s3 = S3Server.StartAsync().GetAwaiter().GetResult()).Url,
        ["S3:AccessKey"] = S3Server.AccessKey,
        ["S3:SecretKey"] = S3Server.SecretKey,
        ["S3:PathStyle"] = "true",
    };

    [OneTimeTearDown]
    public async Task StopStore() => await _s3.DisposeAsync();

    [Test, Order(1)]
    public async Task A_file_and_its_ranges()
    {
        await using var ann = await RegisterAsync("Ann");
        var bytes = Samples.Png(100_000, seed: 70);
        var media = await UploadAsync(ann, bytes);
        await UploadAsync(ann, bytes);
        Assert.That(_s3.Objects, Has.Count.EqualTo(1));
        Assert.That(Folder.Files, Is.Empty);
        using var whole = await GetAsync(ann, $"/api/media/{media.MediaId}");
        Assert.That(await whole.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes));
        foreach (var (range, offset, length) in new[] { ("bytes=0-99", 0, 100), ("bytes=60000-69999", 60_000, 10_000), ("bytes=-10", 99_990, 10) })
        {
            using var part = await GetAsync(ann, $"/api/media/{media.MediaId}", range);
            Assert.That(part.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
            Assert.That(await part.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes.AsSpan(offset, length).ToArray()), range);
        }
    }

    [Test, Order(2)]
    public async Task A_large_file()
    {
        await using var ann = await RegisterAsync("Ann");
        var bytes = Samples.Begins("%PDF-1.7"u8.ToArray(), LargeBytes, seed: 71);
        var media = await UploadAsync(ann, bytes, "type=document");
        using var response = await GetAsync(ann, $"/api/media/{media.MediaId}");
        Assert.That((await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(bytes));
    }

    [Test, Order(3)]
    public async Task What_nobody_holds_goes()
    {
        await Database.ExecuteAsync("UPDATE media SET check_after = @past", new { past = DateTime.UtcNow.AddMinutes(-1) });
        await Server.Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None);
        Assert.That(_s3.Objects, Is.Empty);
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM media_blobs"), Is.Zero);
    }

    [Test, Order(4)]
    public async Task Without_the_store_the_server_says_so()
    {
        await using var ann = await RegisterAsync("Ann");
        await _s3.KillAsync();
        using var response = await PostAsync(ann, new ByteArrayContent(Samples.Png(seed: 72)));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(Folder.Files, Is.Empty);
    }
}

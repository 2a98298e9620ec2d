using System.Net;
using Chat.Data.Media;
using Chat.Server.Features.Media;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Media;

/// <summary>What nobody holds goes, and nothing else.</summary>
[TestFixture]
public sealed class Collecting : MediaFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;

    [OneTimeSetUp]
    public async Task Register()
    {
        _ann = await RegisterAsync("Ann");
        _bob = await RegisterAsync("Bob");
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        await _ann.DisposeAsync();
        await _bob.DisposeAsync();
    }

    [Test]
    public async Task An_upload_that_no_message_took_goes_with_its_bytes()
    {
        var orphan = await UploadAsync(_ann, Samples.Png(seed: 20));
        await PutThumbnailAsync(_ann, orphan.MediaId, Samples.Jpeg(500, seed: 20));
        var young = await UploadAsync(_ann, Samples.Png(seed: 21));
        var sent = await SentAsync(seed: 22);
        await ExpireAsync(orphan.MediaId, sent.MediaId);
        var files = Folder.Files.Count;

        await CollectAsync();

        Assert.That(await StatusesAsync(orphan, young, sent), Is.EqualTo(new[] { 404, 200, 200 }));
        Assert.That(Folder.Files, Has.Count.EqualTo(files - 2));
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM media_blobs WHERE doomed_at IS NOT NULL"), Is.Zero);
    }

    [Test]
    public async Task The_bytes_go_with_the_last_who_holds_them()
    {
        var first = await SentAsync(seed: 30);
        var second = await SentAsync(seed: 30);
        // They have been sent for longer than an upload may wait, and the collector knows it.
        await ExpireAsync(first.MediaId, second.MediaId);
        await CollectAsync();
        var files = Folder.Files.Count;

        await DeleteAsync(first);
        await CollectAsync();
        Assert.That(await StatusesAsync(first, second), Is.EqualTo(new[] { 404, 200 }));
        Assert.That(Folder.Files, Has.Count.EqualTo(files));

        await DeleteAsync(second);
        await CollectAsync();
        Assert.That(await StatusesAsync(first, second), Is.EqualTo(new[] { 404, 404 }));
        Assert.That(Folder.Files, Has.Count.EqualTo(files - 1));
    }

    [Test]
    public async Task What_a_message_is_about_to_hold_stays()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 40));
        await ExpireAsync(media.MediaId);
        Assert.That(await Service<MediaRepository>().ReserveAsync([media.MediaId], DateTime.UtcNow.AddHours(1), CancellationToken.None), Is.EqualTo(1));
        await CollectAsync();
        Assert.That(await StatusesAsync(media), Is.EqualTo(new[] { 200 }));
    }

    [Test]
    public async Task An_object_that_was_never_finished_goes()
    {
        var blobs = Service<MediaBlobRepository>();
        var key = Guid.CreateVersion7().ToByteArray(bigEndian: true);
        await blobs.BeginAsync(key, 5, DateTime.UtcNow, DateTime.UtcNow.AddMinutes(-1), CancellationToken.None);
        var path = Path.Combine(Folder.Path, MediaKeys.Name(key)[^2..], MediaKeys.Name(key));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "hello");

        await CollectAsync();

        Assert.That(File.Exists(path), Is.False);
        var late = await blobs.FinishAsync(key, new byte[32], new NewThumbnail(1, 1, "image/png"), CancellationToken.None);
        Assert.That(late.Outcome, Is.EqualTo(BlobOutcome.NotStored));
    }

    [Test]
    public async Task Two_nodes_at_once_do_no_harm()
    {
        var orphans = new List<MediaView>();
        for (var seed = 50; seed < 60; seed++) orphans.Add(await UploadAsync(_ann, Samples.Png(seed: seed)));
        var kept = await SentAsync(seed: 61);
        await ExpireAsync([.. orphans.Select(o => o.MediaId), kept.MediaId]);

        // While uploads of the same bytes come in: they find the old object, or store a new one.
        var again = Enumerable.Range(50, 10).Select(seed => UploadAsync(_bob, Samples.Png(seed: seed))).ToList();
        await Task.WhenAll(CollectAsync(), CollectAsync(), CollectAsync());
        foreach (var (upload, seed) in (await Task.WhenAll(again)).Zip(Enumerable.Range(50, 10)))
        {
            using var response = await GetAsync(_bob, $"/api/media/{upload.MediaId}");
            Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.EqualTo(Samples.Png(seed: seed)));
        }
        Assert.That(await StatusesAsync([.. orphans]), Is.All.EqualTo(404));
        Assert.That(await StatusesAsync(kept), Is.EqualTo(new[] { 200 }));
    }

    [Test]
    public void An_abandoned_file_of_a_node_that_died_goes()
    {
        var folder = Service<IncomingFolder>();
        var (old, young) = (Path.Combine(folder.Path, "old.part"), Path.Combine(folder.Path, "young.part"));
        File.WriteAllText(old, "half");
        File.WriteAllText(young, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        folder.RemoveAbandoned(DateTime.UtcNow);
        Assert.That((File.Exists(old), File.Exists(young)), Is.EqualTo((false, true)));
        File.Delete(young);
    }

    private T Service<T>() where T : notnull => Server.Services.GetRequiredService<T>();

    private Task CollectAsync() => Service<MediaCollector>().CollectAsync(CancellationToken.None);

    private async Task<MediaView> SentAsync(int seed)
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: seed));
        await HoldAsync(_ann, (await _ann.OpenDirectChatAsync(_bob)).ChatId, media.MediaId);
        return media;
    }

    /// <summary>As if the time that an upload may wait were over.</summary>
    private Task ExpireAsync(params IReadOnlyList<long> mediaIds) =>
        Database.ExecuteAsync("UPDATE media SET check_after = @past WHERE media_id IN @mediaIds", new { mediaIds, past = DateTime.UtcNow.AddMinutes(-1) });

    /// <summary>Deletes the message that holds it, for everybody.</summary>
    private async Task DeleteAsync(MediaView media)
    {
        var held = (await Database.ListAsync<Held>("SELECT chat_id, message_id FROM message_media WHERE media_id = @MediaId", media)).Single();
        await _ann.CallAsync<DeleteMessagesResult>("DeleteMessages", new DeleteMessagesRequest(held.ChatId, [held.MessageId], ForEveryone: true));
    }

    private async Task<int[]> StatusesAsync(params IReadOnlyList<MediaView> media)
    {
        var statuses = new List<int>();
        foreach (var one in media)
        {
            using var response = await GetAsync(_ann, $"/api/media/{one.MediaId}");
            if (response.StatusCode is HttpStatusCode.OK) await response.Content.ReadAsByteArrayAsync();
            statuses.Add((int)response.StatusCode);
        }
        return [.. statuses];
    }

    private sealed record Held(long ChatId, long MessageId);
}

using Chat.Data.Media;
using Chat.Server.Errors;
using Chat.Server.Features.Media.Storage;
using Chat.Server.Validation;

namespace Chat.Server.Features.Media;

/// <summary>
/// Takes files in: bytes to a temporary file, the object into the store, the row last. What breaks off on the way leaves nothing that is
/// not removed by itself: the file goes with the request, an object without a reference with <see cref="MediaCollector"/>.
/// </summary>
internal sealed class UploadService(
    MediaRepository media, MediaBlobRepository blobs, IMediaStore store, IncomingFolder incoming, UploadSlots slots, MediaOptions options, TimeProvider time)
{
    private static readonly TimeSpan QuotaTime = TimeSpan.FromDays(1);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <param name="announcedBytes">The length that the request names, where it does: what is too long is refused before it is sent.</param>
    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c>, <c>rate_limited</c>, <c>unavailable</c></exception>
    public async Task<MediaView> UploadAsync(
        long userId, UploadDescription description, Stream body, long? announcedBytes, CancellationToken cancellationToken)
    {
        var type = Validate(description);
        var maxBytes = options.MaxBytes(type);
        RefuseAbove(maxBytes, announcedBytes);
        using var slot = slots.Enter(userId);
        await CheckQuotaAsync(userId, cancellationToken);
        using var file = await IncomingFile.ReceiveAsync(
            body, incoming.Path, maxBytes, head => ContentSniffer.ContentType(type, head.Span), WantedBytes(type), cancellationToken);

        var now = Now;
        var upload = new NewMedia(
            userId, type, file.ContentType, description.FileName, description.Width, description.Height, description.DurationMs,
            now, now + options.OrphanTime);
        var stored = await StoreAsync(file, upload, cancellationToken);
        return new MediaView(
            stored.MediaId, type, file.ContentType, file.ByteSize, upload.FileName, upload.Width, upload.Height, upload.DurationMs,
            HasThumbnail: false, now);
    }

    /// <summary>Adds the small picture that the uploader made. It stays as it is; the same one again is fine.</summary>
    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>, <c>too_large</c>, <c>conflict</c>, <c>rate_limited</c>, <c>unavailable</c></exception>
    public async Task SetThumbnailAsync(long userId, long mediaId, Stream body, long? announcedBytes, CancellationToken cancellationToken)
    {
        Check.Id("mediaId", mediaId);
        RefuseAbove(options.MaxThumbnailBytes, announcedBytes);
        using var slot = slots.Enter(userId);
        await OwnAsync(userId, mediaId, cancellationToken);
        using var file = await IncomingFile.ReceiveAsync(
            body, incoming.Path, options.MaxThumbnailBytes, head => ContentSniffer.ThumbnailType(head.Span), "a PNG, JPEG or WebP picture", cancellationToken);
        var result = await StoreAsync(file, new NewThumbnail(mediaId, userId, file.ContentType), cancellationToken);
        if (result.Outcome is BlobOutcome.Refused) throw ChatException.Conflict("thumbnail", "is set already, to another picture");
    }

    private async Task OwnAsync(long userId, long mediaId, CancellationToken cancellationToken)
    {
        var rows = await media.ListVisibleAsync(userId, [mediaId], cancellationToken);
        if (rows.Count == 0) throw ChatException.NotFound("this file");
        if (rows[0].OwnerId != userId) throw ChatException.Forbidden("only who uploaded a file may add its thumbnail");
    }

    /// <summary>Refers to the bytes where they are stored already, else stores them.</summary>
    private async Task<BlobResult> StoreAsync(IncomingFile file, BlobReference reference, CancellationToken cancellationToken)
    {
        var known = await blobs.ReferAsync(file.Sha256, reference, cancellationToken);
        if (known.Outcome is not BlobOutcome.NotStored) return known;

        var key = Guid.CreateVersion7();
        var now = Now;
        await blobs.BeginAsync(key.ToByteArray(bigEndian: true), file.ByteSize, now, now + options.OrphanTime, cancellationToken);
        await store.PutAsync(MediaKeys.Name(key), file.Path, cancellationToken);
        var finished = await blobs.FinishAsync(key.ToByteArray(bigEndian: true), file.Sha256, reference, cancellationToken);
        if (finished.Outcome is not BlobOutcome.NotStored) return finished;

        // Somebody else stored the same bytes meanwhile. Our object is collected.
        known = await blobs.ReferAsync(file.Sha256, reference, cancellationToken);
        return known.Outcome is not BlobOutcome.NotStored ? known : throw ChatException.Unavailable("the file could not be stored");
    }

    private async Task CheckQuotaAsync(long userId, CancellationToken cancellationToken)
    {
        if (await media.SumUploadsAsync(userId, Now - QuotaTime, cancellationToken) >= options.MaxBytesPerDayPerUser)
            throw ChatException.RateLimited("your uploads of the last 24 hours have reached the limit", TimeSpan.FromHours(1));
    }

    private static void RefuseAbove(long maxBytes, long? announcedBytes)
    {
        if (announcedBytes > maxBytes) throw ChatException.TooLarge("body", $"must have at most {maxBytes} bytes");
    }

    private static string WantedBytes(string type) => type switch
    {
        MediaTypes.Image => "a PNG, JPEG, GIF or WebP picture",
        MediaTypes.Video => "an MP4 or WebM video",
        _ => "MP3, Ogg, M4A, MP4, WebM or WAV sound",
    };

    private static string Validate(UploadDescription description)
    {
        var type = Check.Text("type", description.Type, 1, 20);
        if (!MediaTypes.All.Contains(type)) throw ChatException.Invalid("type", "must be image, video, audio, voice or document");
        Check.OptionalText("fileName", description.FileName, 1, 255);

        var hasSize = description.Width is not null || description.Height is not null;
        if (hasSize && type is not (MediaTypes.Image or MediaTypes.Video)) throw ChatException.Invalid("width", "is for images and videos only");
        if (hasSize)
        {
            Check.Range("width", description.Width, 1, 20_000, fallback: 0);
            Check.Range("height", description.Height, 1, 20_000, fallback: 0);
        }
        if (description.DurationMs is null) return type;
        if (type is MediaTypes.Image or MediaTypes.Document) throw ChatException.Invalid("durationMs", "is for videos and sound only");
        Check.Range("durationMs", description.DurationMs, 1, 24 * 60 * 60 * 1000, fallback: 0);
        return type;
    }
}

using Chat.Data.Media;
using Chat.Server.Errors;
using Chat.Server.Features.Invites;
using Chat.Server.Features.Media.Storage;
using Chat.Server.Validation;

namespace Chat.Server.Features.Media;

/// <summary>Gives files out, to those who may see them: their uploader, whoever may see a message that holds them, and whoever is shown a picture.</summary>
internal sealed class MediaService(MediaRepository media, IMediaStore store, MediaLinks links)
{
    public const int MaxIds = 100;

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>, <c>unavailable</c></exception>
    public async Task<OpenMedia> OpenAsync(MediaReader reader, long mediaId, MediaPart part, CancellationToken cancellationToken)
    {
        Check.Id("mediaId", mediaId);
        var rows = await media.ListVisibleAsync(reader.UserId, [mediaId], reader.InviteHash, cancellationToken);
        if (rows.Count == 0) throw NotFound();
        var row = rows[0];
        if (part is MediaPart.File) return new OpenMedia(row, row.ContentType, row.Sha256, await OpenAsync(row.BlobKey, row.ByteSize, cancellationToken));
        if (row.ThumbnailKey is null) throw NotFound();
        return new OpenMedia(
            row, row.ThumbnailType!, row.ThumbnailSha256!, await OpenAsync(row.ThumbnailKey, row.ThumbnailSize!.Value, cancellationToken));
    }

    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c></exception>
    public async Task<MediaUrls> LinkAsync(long userId, string? ids, string? invite, CancellationToken cancellationToken)
    {
        if (invite is not null) InviteCodes.Check("invite", invite);
        var reader = new MediaReader(userId, invite is null ? null : InviteCodes.Hash(invite));
        var rows = await media.ListVisibleAsync(userId, Check.IdList("ids", ids, MaxIds), reader.InviteHash, cancellationToken);
        var expiry = links.Expiry;
        return new MediaUrls(
        [
            .. rows.Select(row => new MediaUrl(
                row.MediaId,
                links.Make(reader, row.MediaId, MediaPart.File, expiry),
                row.ThumbnailKey is null ? null : links.Make(reader, row.MediaId, MediaPart.Thumbnail, expiry),
                expiry)),
        ]);
    }

    private async Task<Stream> OpenAsync(byte[] key, long length, CancellationToken cancellationToken) =>
        await store.OpenAsync(MediaKeys.Name(key), length, cancellationToken)
        ?? throw ChatException.Unavailable("this file cannot be read at the moment");

    private static ChatException NotFound() => ChatException.NotFound("this file");
}

/// <param name="Content">Can seek; whoever answers with it disposes it.</param>
internal sealed record OpenMedia(MediaRow Row, string ContentType, byte[] Sha256, Stream Content);

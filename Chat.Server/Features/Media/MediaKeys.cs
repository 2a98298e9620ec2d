using System.Buffers.Text;
using Chat.Data.Media;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Features.Media;

/// <summary>What of a media: the file itself, or its small picture.</summary>
internal enum MediaPart
{
    File,
    Thumbnail,
}

internal static class MediaKeys
{
    /// <summary>The name of an object in the store: 32 hex digits.</summary>
    public static string Name(Guid key) => key.ToString("N");

    public static string Name(byte[] key) => Name(new Guid(key, bigEndian: true));

    public static MediaView ToView(this MediaRow row) => new(
        row.MediaId, row.MediaType, row.ContentType, row.ByteSize, row.FileName, row.Width, row.Height, row.DurationMs,
        row.ThumbnailKey is not null, row.CreatedAt);

    /// <summary>The same bytes have the same tag, for ever.</summary>
    public static EntityTagHeaderValue Tag(byte[] sha256) => new($"\"{Base64Url.EncodeToString(sha256)}\"");
}

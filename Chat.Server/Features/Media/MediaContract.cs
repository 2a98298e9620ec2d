using System.ComponentModel;

namespace Chat.Server.Features.Media;

/// <summary>Types of uploads as they stand on the wire and in the database; also the types of the messages that hold them.</summary>
public static class MediaTypes
{
    public const string Image = "image";
    public const string Video = "video";
    public const string Audio = "audio";

    /// <summary>A voice message: audio that was recorded in the chat.</summary>
    public const string Voice = "voice";

    /// <summary>Any file; only ever downloaded, never shown by a browser.</summary>
    public const string Document = "document";

    public static IReadOnlyList<string> All { get; } = [Image, Video, Audio, Voice, Document];
}

/// <summary>What an upload says of itself; its bytes are the body.</summary>
public sealed record UploadDescription(
    [property: Description("image, video, audio, voice or document.")] string? Type,
    [property: Description("1-255 characters.")] string? FileName,
    [property: Description("Pixels, 1-20000; images and videos only, with height.")] int? Width,
    [property: Description("Pixels, 1-20000; images and videos only, with width.")] int? Height,
    [property: Description("Milliseconds, up to 24 hours; not for images and documents.")] int? DurationMs);

/// <param name="Type">See <see cref="MediaTypes"/>.</param>
/// <param name="ContentType">As found in the bytes.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record MediaView(
    long MediaId, string Type, string ContentType, long ByteSize, string? FileName, int? Width, int? Height, int? DurationMs,
    bool HasThumbnail, DateTime CreatedAt);

/// <param name="Urls">Ascending by media id; media that you may not see are left out.</param>
public sealed record MediaUrls(IReadOnlyList<MediaUrl> Urls);

/// <summary>Addresses that need no token, for <c>img</c> and <c>video</c>: for the one who asked, for a short time.</summary>
/// <param name="Url">Relative to the server.</param>
/// <param name="ThumbnailUrl">Null where there is none.</param>
/// <param name="ExpiresAt">UTC.</param>
public sealed record MediaUrl(long MediaId, string Url, string? ThumbnailUrl, DateTime ExpiresAt);

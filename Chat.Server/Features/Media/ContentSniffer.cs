namespace Chat.Server.Features.Media;

/// <summary>
/// Tells what a file is by its first bytes: names and headers are whatever somebody wrote. What is not known here is a document,
/// which a browser never shows.
/// </summary>
internal static class ContentSniffer
{
    /// <summary>So many bytes tell all that is known here.</summary>
    public const int HeadLength = 64;

    private const string AnyFile = "application/octet-stream";
    private const string Mp4 = "video/mp4";
    private const string WebM = "video/webm";

    /// <summary>The first brands of MP4 files; other files of the same family (HEIC, AVIF, QuickTime) are not taken for videos.</summary>
    private static readonly string[] Mp4Brands = ["isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "dash", "M4V ", "MSNV", "3gp4", "3gp5", "3gp6"];

    private static readonly string[] Mp4AudioBrands = ["M4A ", "M4B "];

    /// <param name="type">One of <see cref="MediaTypes"/>.</param>
    /// <param name="head">The file's first <see cref="HeadLength"/> bytes, or all of a shorter file.</param>
    /// <returns>The content type; null when the bytes are nothing of that type.</returns>
    public static string? ContentType(string type, ReadOnlySpan<byte> head)
    {
        var found = Find(head);
        return type switch
        {
            MediaTypes.Image => found is "image/png" or "image/jpeg" or "image/gif" or "image/webp" ? found : null,
            MediaTypes.Video => found is Mp4 or WebM ? found : null,
            // Recorders write sound alone into the containers of videos.
            MediaTypes.Audio or MediaTypes.Voice => found switch
            {
                Mp4 => "audio/mp4",
                WebM => "audio/webm",
                "audio/mpeg" or "audio/ogg" or "audio/mp4" or "audio/wav" => found,
                _ => null,
            },
            _ => found is "application/pdf" ? found : AnyFile,
        };
    }

    /// <summary>What a thumbnail may be.</summary>
    public static string? ThumbnailType(ReadOnlySpan<byte> head)
    {
        var found = Find(head);
        return found is "image/png" or "image/jpeg" or "image/webp" ? found : null;
    }

    private static string? Find(ReadOnlySpan<byte> head) =>
        IsPng(head) ? "image/png"
        : head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? "image/gif"
        : head.StartsWith("RIFF"u8) && At(head, 8, "WEBP"u8) ? "image/webp"
        : head.StartsWith("RIFF"u8) && At(head, 8, "WAVE"u8) ? "audio/wav"
        : head.StartsWith("OggS"u8) ? "audio/ogg"
        : head.StartsWith("%PDF-"u8) ? "application/pdf"
        : At(head, 4, "ftyp"u8) ? Mp4Family(head)
        : head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) && head.IndexOf("webm"u8) > 0 ? WebM
        : IsMp3(head) ? "audio/mpeg"
        : null;

    private static bool IsPng(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    private static string? Mp4Family(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12) return null;
        var brand = string.Create(4, head.Slice(8, 4), static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = (char)bytes[i];
        });
        return Mp4AudioBrands.Contains(brand) ? "audio/mp4" : Mp4Brands.Contains(brand) ? Mp4 : null;
    }

    /// <summary>A tag, or a frame of MPEG audio, layer III, with a bit rate and a sampling rate that exist.</summary>
    private static bool IsMp3(ReadOnlySpan<byte> head) =>
        head.StartsWith("ID3"u8)
        || (head.Length >= 3 && head[0] == 0xFF && (head[1] & 0xE6) == 0xE2 && (head[1] & 0x18) != 0x08
            && (head[2] & 0xF0) is not (0xF0 or 0) && (head[2] & 0x0C) != 0x0C);

    private static bool At(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> what) => head.Length >= offset && head[offset..].StartsWith(what);
}

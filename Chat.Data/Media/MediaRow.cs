namespace Chat.Data.Media;

/// <summary>An uploaded file, without its bytes.</summary>
public sealed record MediaRow
{
    public long MediaId { get; init; }
    public long OwnerId { get; init; }

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c>, <c>voice</c> or <c>document</c>.</summary>
    public string MediaType { get; init; } = "";
    public string ContentType { get; init; } = "";
    public string? FileName { get; init; }
    public int? Width { get; init; }
    public int? Height { get; init; }
    public int? DurationMs { get; init; }
    public byte[] BlobKey { get; init; } = [];
    public byte[] Sha256 { get; init; } = [];
    public long ByteSize { get; init; }
    public byte[]? ThumbnailKey { get; init; }
    public string? ThumbnailType { get; init; }
    public byte[]? ThumbnailSha256 { get; init; }
    public long? ThumbnailSize { get; init; }
    public DateTime CreatedAt { get; init; }
}

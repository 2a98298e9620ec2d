namespace Chat.Server.Features.Media;

/// <summary>Section <c>Media</c>.</summary>
public sealed record MediaOptions
{
    /// <summary>Where files are kept, relative to the content root. Several nodes must share it, or use S3.</summary>
    public string Folder { get; init; } = "../.local/media";

    /// <summary>Where uploads arrive, relative to the content root; empty for <c>incoming</c> within the folder, or the system's own with S3.</summary>
    public string IncomingFolder { get; init; } = "";

    public long MaxImageBytes { get; init; } = 16 << 20;

    public long MaxVideoBytes { get; init; } = 256 << 20;

    public long MaxAudioBytes { get; init; } = 64 << 20;

    public long MaxVoiceBytes { get; init; } = 16 << 20;

    public long MaxDocumentBytes { get; init; } = 256 << 20;

    public long MaxThumbnailBytes { get; init; } = 64 << 10;

    /// <summary>Uploads under way on this node; more are answered <c>unavailable</c>.</summary>
    public int MaxUploads { get; init; } = 100;

    /// <summary>Uploads of one user under way on this node; more are answered <c>rate_limited</c>.</summary>
    public int MaxUploadsPerUser { get; init; } = 4;

    /// <summary>Uploads and thumbnails begun by one user, on one node.</summary>
    public int UploadsPerMinutePerUser { get; init; } = 60;

    /// <summary>Downloads begun by one user, or from one address with signed addresses, on one node.</summary>
    public int DownloadsPerMinute { get; init; } = 3000;

    /// <summary>What one user may upload within 24 hours, over all nodes.</summary>
    public long MaxBytesPerDayPerUser { get; init; } = 5L << 30;

    /// <summary>How long a signed address works.</summary>
    public TimeSpan UrlLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an upload waits for a message that holds it.</summary>
    public TimeSpan OrphanTime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often one of the nodes looks for what nobody holds any more.</summary>
    public TimeSpan CollectInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most bytes of an upload of this type.</summary>
    public long MaxBytes(string type) => type switch
    {
        MediaTypes.Image => MaxImageBytes,
        MediaTypes.Video => MaxVideoBytes,
        MediaTypes.Audio => MaxAudioBytes,
        MediaTypes.Voice => MaxVoiceBytes,
        _ => MaxDocumentBytes,
    };

    internal static (string Key, string Reason)? FindFault(MediaOptions o)
    {
        if (string.IsNullOrWhiteSpace(o.Folder)) return (nameof(Folder), "must not be empty");
        foreach (var (key, bytes) in new[]
        {
            (nameof(MaxImageBytes), o.MaxImageBytes), (nameof(MaxVideoBytes), o.MaxVideoBytes), (nameof(MaxAudioBytes), o.MaxAudioBytes),
            (nameof(MaxVoiceBytes), o.MaxVoiceBytes), (nameof(MaxDocumentBytes), o.MaxDocumentBytes),
            (nameof(MaxThumbnailBytes), o.MaxThumbnailBytes), (nameof(MaxBytesPerDayPerUser), o.MaxBytesPerDayPerUser),
        })
            if (bytes < 1024) return (key, "must be at least 1024");
        foreach (var (key, count) in new[]
        {
            (nameof(MaxUploads), o.MaxUploads), (nameof(MaxUploadsPerUser), o.MaxUploadsPerUser),
            (nameof(UploadsPerMinutePerUser), o.UploadsPerMinutePerUser), (nameof(DownloadsPerMinute), o.DownloadsPerMinute),
        })
            if (count is < 1 or > 1_000_000) return (key, "must be from 1 to 1000000");
        return o.UrlLifetime < TimeSpan.FromSeconds(10) ? (nameof(UrlLifetime), "must be at least 10 seconds")
            : o.OrphanTime < TimeSpan.FromMinutes(1) ? (nameof(OrphanTime), "must be at least 1 minute")
            : o.CollectInterval < TimeSpan.FromSeconds(1) ? (nameof(CollectInterval), "must be at least 1 second")
            : null;
    }
}

/// <summary>Section <c>S3</c>: keeps files in an object store instead of the folder.</summary>
public sealed record S3Options
{
    /// <summary>Empty for files in the folder.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>The address of a store that is not Amazon's; empty for Amazon's own.</summary>
    public string ServiceUrl { get; init; } = "";

    public string Region { get; init; } = "us-east-1";

    /// <summary>Empty for the credentials that the AWS SDK finds by itself (environment, instance role).</summary>
    public string AccessKey { get; init; } = "";

    public string SecretKey { get; init; } = "";

    /// <summary>Whether the bucket stands in the path and not in the host's name, as most stores but Amazon's want it.</summary>
    public bool PathStyle { get; init; }

    /// <summary>Begins every object's name, so that a bucket can serve for more.</summary>
    public string Prefix { get; init; } = "media/";

    // Its text holds no secret.
    public override string ToString() => $"{nameof(S3Options)} {{ Bucket = {Bucket} }}";

    internal static (string Key, string Reason)? FindFault(S3Options o) =>
        o.ServiceUrl.Length > 0 && !Uri.TryCreate(o.ServiceUrl, UriKind.Absolute, out _) ? (nameof(ServiceUrl), "must be an absolute address")
        : o.Region.Length == 0 ? (nameof(Region), "must not be empty")
        : o.AccessKey.Length == 0 != (o.SecretKey.Length == 0) ? (nameof(SecretKey), "must be given with S3:AccessKey, or neither")
        : o.Prefix.Length > 100 ? (nameof(Prefix), "must have at most 100 characters")
        : null;
}

namespace Chat.Server.Features.Exports;

/// <summary>Section <c>Exports</c>.</summary>
public sealed record ExportOptions
{
    /// <summary>Where the files are written. With several nodes all must see the same folder: an export is fetched from any of them.</summary>
    public string Folder { get; init; } = "exports";

    /// <summary>How long a finished export can be fetched.</summary>
    public TimeSpan KeepTime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Exports that one person may ask for within a day.</summary>
    public int PerDay { get; init; } = 3;

    /// <summary>How often a node looks for work.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After which silence another node takes an export over. Told anew after every page of messages.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of files that an export holds at most; what does not fit any more is left out, and listed as such. 0: no files.</summary>
    public long MaxMediaBytes { get; init; } = 10_000_000_000;

    internal static (string Key, string Reason)? FindFault(ExportOptions options) =>
        string.IsNullOrWhiteSpace(options.Folder) ? (nameof(Folder), "must name a folder")
        : options.KeepTime < TimeSpan.FromMinutes(1) ? (nameof(KeepTime), "must be at least 1 minute")
        : options.PerDay is not (>= 1 and <= 1000) ? (nameof(PerDay), "must be from 1 to 1000")
        : options.PollInterval < TimeSpan.FromMilliseconds(50) ? (nameof(PollInterval), "must be at least 50 ms")
        : options.LeaseTime < TimeSpan.FromSeconds(1) ? (nameof(LeaseTime), "must be at least 1 second")
        : options.MaxMediaBytes < 0 ? (nameof(MaxMediaBytes), "must not be negative")
        : null;
}

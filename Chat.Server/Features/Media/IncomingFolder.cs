namespace Chat.Server.Features.Media;

/// <summary>Where uploads arrive. What a node that died left in it is removed later.</summary>
internal sealed class IncomingFolder
{
    /// <summary>No upload takes so long.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    public IncomingFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    public string Path { get; }

    public void RemoveAbandoned(DateTime now)
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*.part"))
            if (File.GetLastWriteTimeUtc(file) < now - Abandoned)
                File.Delete(file);
    }
}

namespace Chat.Server.Features.Exports;

/// <summary>
/// The folder of exports. A file is written under a name of its own and gets its last one when it is whole, so that whatever has an export's
/// name can be fetched.
/// </summary>
internal sealed class ExportFiles(ExportOptions options)
{
    private const string Unfinished = ".part";

    private readonly string _folder = Path.GetFullPath(options.Folder);

    public FileStream Create(string name)
    {
        Directory.CreateDirectory(_folder);
        return new FileStream(Of(name) + Unfinished, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 * 1024, useAsync: true);
    }

    /// <returns>Its size.</returns>
    public long Complete(string name)
    {
        File.Move(Of(name) + Unfinished, Of(name));
        return new FileInfo(Of(name)).Length;
    }

    /// <summary>Finished or not; none is fine.</summary>
    public void Delete(string name)
    {
        File.Delete(Of(name) + Unfinished);
        File.Delete(Of(name));
    }

    /// <returns>Null when the file is gone.</returns>
    public FileStream? Open(string name) =>
        File.Exists(Of(name)) ? new FileStream(Of(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, useAsync: true) : null;

    /// <summary>What nobody has written to since: exports that have had their time, and what a node left when it died.</summary>
    public void Purge(DateTime before)
    {
        if (!Directory.Exists(_folder)) return;
        foreach (var path in Directory.EnumerateFiles(_folder, "export-*"))
            if (File.GetLastWriteTimeUtc(path) < before) File.Delete(path);
    }

    private string Of(string name) => Path.Combine(_folder, name);
}

using Chat.Server.Errors;

namespace Chat.Server.Features.Media.Storage;

/// <summary>Files in a folder, in 256 folders of their own: <c>3f/…3f</c>, by the end of the key, which is random.</summary>
internal sealed class DiskMediaStore(string folder) : IMediaStore
{
    private const string Unfinished = ".new";

    public Task PutAsync(string key, string filePath, CancellationToken cancellationToken) => TryAsync(() =>
    {
        var path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Within one volume a rename, which is whole or not at all. Across volumes it copies, and only a whole copy gets the name.
        var near = path + Unfinished;
        File.Move(filePath, near, overwrite: true);
        File.Move(near, path, overwrite: true);
        return true;
    }, cancellationToken);

    public Task<Stream?> OpenAsync(string key, long length, CancellationToken cancellationToken) => TryAsync<Stream?>(() =>
    {
        try
        {
            return new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => TryAsync(() =>
    {
        try
        {
            File.Delete(PathOf(key) + Unfinished);
            File.Delete(PathOf(key));
        }
        catch (DirectoryNotFoundException)
        {
        }
        return true;
    }, cancellationToken);

    private string PathOf(string key) => Path.Combine(folder, key[^2..], key);

    /// <summary>A disk may be far away and slow, and its calls block.</summary>
    private static async Task<T> TryAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ChatException.Unavailable("files cannot be stored or read at the moment", exception);
        }
    }
}

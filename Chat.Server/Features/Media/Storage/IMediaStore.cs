namespace Chat.Server.Features.Media.Storage;

/// <summary>
/// Keeps the bytes of files, each under a name that is never used twice. What is in it and what is not says the database
/// (<c>media_blobs</c>); the store is only asked for what stands there.
/// </summary>
public interface IMediaStore
{
    /// <summary>Stores a file whole, or not at all. The file itself may be taken away by it.</summary>
    /// <exception cref="Errors.ChatException"><c>unavailable</c></exception>
    Task PutAsync(string key, string filePath, CancellationToken cancellationToken);

    /// <summary>The bytes of an object, from any position.</summary>
    /// <param name="length">The object's length, as the database has it.</param>
    /// <returns>A stream that can seek; null when there is no such object.</returns>
    /// <exception cref="Errors.ChatException"><c>unavailable</c></exception>
    Task<Stream?> OpenAsync(string key, long length, CancellationToken cancellationToken);

    /// <summary>Removes an object; one that does not exist is fine.</summary>
    /// <exception cref="Errors.ChatException"><c>unavailable</c></exception>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

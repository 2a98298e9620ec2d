using System.Buffers;
using System.Security.Cryptography;
using Chat.Server.Errors;

namespace Chat.Server.Features.Media;

/// <summary>An upload in a temporary file, which goes with this object unless the store took it.</summary>
/// <param name="ContentType">As found in its bytes.</param>
internal sealed record IncomingFile(string Path, byte[] Sha256, long ByteSize, string ContentType) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    /// <summary>
    /// Writes a body to a file as it comes, hashing it on the way. Memory is one buffer, whatever its size; what is too long or no file of the
    /// wanted kind is given up as soon as that is known.
    /// </summary>
    /// <param name="contentType">What the first bytes say; null refuses them.</param>
    /// <param name="wanted">What the body must be, for the refusal.</param>
    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c></exception>
    public static async Task<IncomingFile> ReceiveAsync(
        Stream body, string folder, long maxBytes, Func<ReadOnlyMemory<byte>, string?> contentType, string wanted, CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(folder, $"{Guid.CreateVersion7():N}.part");
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            string? found = null;
            long size = 0;
            int read;
            while ((read = await body.ReadAtLeastAsync(buffer, ContentSniffer.HeadLength, throwOnEndOfStream: false, cancellationToken)) > 0)
            {
                found ??= contentType(buffer.AsMemory(0, Math.Min(read, ContentSniffer.HeadLength)))
                    ?? throw ChatException.Invalid("body", $"must be {wanted}");
                size += read;
                if (size > maxBytes) throw ChatException.TooLarge("body", $"must have at most {maxBytes} bytes");
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            if (found is null) throw ChatException.Invalid("body", "must not be empty");
            // An acknowledged upload survives the machine. There is no asynchronous way to ask for that.
            await Task.Run(() => file.Flush(flushToDisk: true), cancellationToken);
            return new IncomingFile(path, hash.GetHashAndReset(), size, found);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => File.Delete(Path);
}

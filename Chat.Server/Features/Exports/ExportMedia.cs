using System.Buffers;
using System.IO.Compression;
using Chat.Data.Media;
using Chat.Server.Features.Media;
using Chat.Server.Features.Media.Storage;

namespace Chat.Server.Features.Exports;

/// <param name="File">Its name in the export; null where it is left out: it is gone, or the export would become too large.</param>
public sealed record ExportedMediaView(long MediaId, string? File);

/// <summary>Puts the files of messages, and a picture, into one export: each once, as far as there is room for them.</summary>
internal sealed class ExportMedia(MediaRepository media, IMediaStore store, long maxBytes)
{
    /// <summary>After so many bytes the export's lease is renewed.</summary>
    private const int PartBytes = 16 * 1024 * 1024;

    private const int PageSize = 100;

    private readonly HashSet<long> _seen = [];
    private readonly List<long> _waiting = [];
    private readonly List<ExportedMediaView> _written = [];
    private long _bytes;

    /// <summary>What became of all files.</summary>
    public IReadOnlyList<ExportedMediaView> Written => _written;

    /// <summary>A message holds this file, or it is the person's picture.</summary>
    public void Add(long mediaId)
    {
        if (_seen.Add(mediaId)) _waiting.Add(mediaId);
    }

    /// <summary>Writes the files that were added since the last time, if the person may see them still.</summary>
    public async Task WriteAsync(ZipArchive zip, long userId, Func<Task> partDone, CancellationToken cancellationToken)
    {
        foreach (var ids in _waiting.Chunk(PageSize))
        {
            var rows = (await media.ListVisibleAsync(userId, ids, cancellationToken)).ToDictionary(row => row.MediaId);
            foreach (var mediaId in ids)
            {
                var name = rows.TryGetValue(mediaId, out var row) ? await WriteAsync(zip, row, partDone, cancellationToken) : null;
                _written.Add(new ExportedMediaView(mediaId, name));
            }
            await partDone();
        }
        _waiting.Clear();
    }

    private async Task<string?> WriteAsync(ZipArchive zip, MediaRow row, Func<Task> partDone, CancellationToken cancellationToken)
    {
        if (_bytes + row.ByteSize > maxBytes) return null;
        await using var content = await store.OpenAsync(MediaKeys.Name(row.BlobKey), row.ByteSize, cancellationToken);
        if (content is null) return null;
        _bytes += row.ByteSize;
        var name = $"media/{row.MediaId}{ExtensionOf(row)}";
        // Pictures, videos and sounds are compressed already.
        await using var entry = await zip.CreateEntry(name, CompressionLevel.NoCompression).OpenAsync(cancellationToken);
        await CopyAsync(content, entry, partDone, cancellationToken);
        return name;
    }

    private static async Task CopyAsync(Stream content, Stream entry, Func<Task> partDone, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            var inPart = 0;
            while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                await entry.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                if ((inPart += read) < PartBytes) continue;
                inPart = 0;
                await partDone();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What the bytes are, or for a document, which may be anything, what its name says.</summary>
    private static string ExtensionOf(MediaRow row)
    {
        if (row.MediaType == MediaTypes.Document)
        {
            var extension = Path.GetExtension(row.FileName ?? "");
            return extension.Length is > 1 and <= 10 && extension.AsSpan(1).IndexOfAnyExcept(LettersAndDigits) < 0 ? extension : "";
        }
        return row.ContentType switch
        {
            "image/jpeg" => ".jpg",
            "audio/mpeg" => ".mp3",
            "audio/mp4" => ".m4a",
            var type => "." + type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..],
        };
    }

    private static readonly SearchValues<char> LettersAndDigits =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

namespace Chat.Server.Features.Media.Storage;

/// <summary>Reads an object that is somewhere else, and asks for it anew when it is to be read from another position.</summary>
internal sealed class RangedStream(long length, Stream start, Func<long, Task<Stream>> open) : Stream
{
    private Stream? _current = start;
    private long _currentPosition;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= length) return 0;
        if (_current is null || _currentPosition != Position)
        {
            if (_current is not null) await _current.DisposeAsync();
            _current = null;
            _current = await open(Position);
            _currentPosition = Position;
        }
        var read = await _current.ReadAsync(buffer, cancellationToken);
        Position = _currentPosition += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _current?.Dispose();
        base.Dispose(disposing);
    }
}

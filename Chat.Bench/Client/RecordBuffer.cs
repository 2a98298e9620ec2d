using System.Buffers;

namespace Chat.Bench.Client;

/// <summary>A growing byte buffer that is used again and again: after the first moments of a run nothing is allocated.</summary>
internal sealed class RecordBuffer(int size) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[size];
    private int _length;

    public int Length => _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Advance(int count) => _length += count;

    /// <summary>Drops the first bytes; what follows moves to the front.</summary>
    public void Consume(int count)
    {
        if (count == 0) return;
        _bytes.AsSpan(count, _length - count).CopyTo(_bytes);
        _length -= count;
    }

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
    }
}

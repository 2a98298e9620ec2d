using System.Buffers.Binary;

namespace Chat.Bench.Client;

/// <summary>
/// Gathers records for one WebSocket frame of a client. Room for the header is kept in front, so that a frame leaves in one piece.
/// Used again and again: after the first moments of a run nothing is allocated.
/// </summary>
internal sealed class OutgoingFrame(byte opcode, int size)
{
    public const byte Text = 1;
    public const byte Close = 8;
    public const byte Pong = 10;

    private const byte Final = 0x80;
    private const byte Masked = 0x80;
    private const int MaskLength = 4;
    private const int MaxHeader = 10 + MaskLength;

    private byte[] _bytes = new byte[MaxHeader + size];
    private int _length;

    public bool IsEmpty => _length == 0;

    public void Clear() => _length = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var needed = MaxHeader + _length + bytes.Length;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        bytes.CopyTo(_bytes.AsSpan(MaxHeader + _length));
        _length += bytes.Length;
    }

    /// <summary>
    /// The frame. A client must mask; the mask is zero, which changes no byte: masks protect proxies from what a page's script sends,
    /// and there is neither here.
    /// </summary>
    public ReadOnlyMemory<byte> Finish()
    {
        var lengthBytes = _length < 126 ? 0 : _length <= ushort.MaxValue ? 2 : 8;
        var start = MaxHeader - (2 + lengthBytes + MaskLength);
        var header = _bytes.AsSpan(start, MaxHeader - start);
        header[0] = (byte)(Final | opcode);
        switch (lengthBytes)
        {
            case 0:
                header[1] = (byte)(Masked | _length);
                break;
            case 2:
                header[1] = Masked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)_length);
                break;
            default:
                header[1] = Masked | 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)_length);
                break;
        }
        header[^MaskLength..].Clear();
        return _bytes.AsMemory(start, header.Length + _length);
    }
}

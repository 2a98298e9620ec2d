using System.Buffers.Binary;
using System.Text;

namespace Chat.Bench.Client;

/// <summary>
/// Takes what arrives on a WebSocket out of its frames: a read of the socket may bring many small frames at once, and their payloads
/// end up one behind the other, as if there were no frames. The buffer grows while reads fill it, up to <see cref="MaxRead"/> and what
/// one record needs.
/// </summary>
internal sealed class IncomingFrames(int size)
{
    private const int MaxRead = 64 * 1024;
    private const int MaxControl = 125;
    private const byte OpcodeBits = 0x0f;
    private const byte LengthBits = 0x7f;
    private const byte FirstControl = 8;
    private const byte CloseOpcode = 8;
    private const byte PingOpcode = 9;

    // [payload][raw bytes of which the header is not whole yet][free]
    private byte[] _bytes = new byte[size];
    private int _payloadEnd;
    private int _rawEnd;
    private bool _wasFilled;

    private byte _opcode;
    private ulong _frameLeft;
    private readonly byte[] _control = new byte[MaxControl];
    private int _controlLength;
    private byte[]? _ping;

    /// <summary>Not yet consumed.</summary>
    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(0, _payloadEnd);

    /// <summary>Why the other side closes; null while it has not said goodbye.</summary>
    public string? Goodbye { get; private set; }

    /// <summary>A ping that wants a pong with the same payload; null when there is none. Taking it answers it.</summary>
    public byte[]? TakePing()
    {
        var ping = _ping;
        _ping = null;
        return ping;
    }

    /// <summary>Where the next read of the socket goes.</summary>
    public Memory<byte> GetFree(int atLeast = 0)
    {
        var wanted = _wasFilled && _bytes.Length < MaxRead ? _bytes.Length * 2 : _bytes.Length;
        if (wanted - _rawEnd < Math.Max(atLeast, size / 2)) wanted = Math.Max(_rawEnd + atLeast, wanted * 2);
        if (wanted > _bytes.Length) Array.Resize(ref _bytes, wanted);
        return _bytes.AsMemory(_rawEnd);
    }

    /// <summary>The socket has written so many bytes there.</summary>
    public void Received(int count)
    {
        _rawEnd += count;
        _wasFilled = _rawEnd == _bytes.Length;
        var raw = _payloadEnd;
        while (raw < _rawEnd)
        {
            if (_frameLeft == 0)
            {
                var header = ReadHeader(_bytes.AsSpan(raw.._rawEnd));
                if (header == 0) break;
                raw += header;
            }
            var taken = (int)Math.Min(_frameLeft, (ulong)(_rawEnd - raw));
            Take(_bytes.AsSpan(raw, taken));
            raw += taken;
            _frameLeft -= (ulong)taken;
            if (_frameLeft == 0 && _opcode >= FirstControl) EndControl();
        }
        _bytes.AsSpan(raw.._rawEnd).CopyTo(_bytes.AsSpan(_payloadEnd));
        _rawEnd = _payloadEnd + _rawEnd - raw;
    }

    /// <summary>Drops the first bytes of the payload.</summary>
    public void Consume(int count)
    {
        if (count == 0) return;
        _bytes.AsSpan(count.._rawEnd).CopyTo(_bytes);
        _payloadEnd -= count;
        _rawEnd -= count;
    }

    /// <returns>The header's length; 0 while it is not whole.</returns>
    private int ReadHeader(ReadOnlySpan<byte> raw)
    {
        if (raw.Length < 2) return 0;
        // Servers do not mask.
        var length = raw[1] & LengthBits;
        var header = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (raw.Length < header) return 0;
        _opcode = (byte)(raw[0] & OpcodeBits);
        _controlLength = 0;
        _frameLeft = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(raw[2..]),
            10 => BinaryPrimitives.ReadUInt64BigEndian(raw[2..]),
            _ => (ulong)length,
        };
        return header;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (_opcode < FirstControl)
        {
            bytes.CopyTo(_bytes.AsSpan(_payloadEnd));
            _payloadEnd += bytes.Length;
            return;
        }
        bytes.CopyTo(_control.AsSpan(_controlLength));
        _controlLength += bytes.Length;
    }

    private void EndControl()
    {
        // A close frame begins with a code of two bytes, or is empty.
        if (_opcode == CloseOpcode)
            Goodbye = _controlLength > 2 ? Encoding.UTF8.GetString(_control.AsSpan(2, _controlLength - 2)) : "closed by the server";
        else if (_opcode == PingOpcode)
            _ping = _control[.._controlLength];
    }
}

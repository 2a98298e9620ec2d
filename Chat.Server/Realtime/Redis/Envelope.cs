using System.Buffers;
using System.Buffers.Binary;

namespace Chat.Server.Realtime.Redis;

/// <summary>
/// One message on a <see cref="NodeChannel"/>: entries of one node, numbered without a gap within that node's life. Little-endian:
/// <c>version:1, node:8, first:8, count:4, then count × (length:4, bytes)</c>. No entries: a heartbeat, which tells the next number.
/// A count of <see cref="Farewell"/>: the node ends here, and has told everything.
/// </summary>
internal readonly ref struct Envelope(ReadOnlyMemory<byte> data)
{
    public const int HeaderBytes = 21;
    public const int EntryHeaderBytes = 4;
    public const int Farewell = -1;
    private const byte Version = 1;

    private readonly ReadOnlySpan<byte> _header = data.Span;

    /// <summary>False for what a node of another version wrote: it is skipped, and its sender is not counted.</summary>
    public bool IsReadable => _header.Length >= HeaderBytes && _header[0] == Version;

    public ulong Node => BinaryPrimitives.ReadUInt64LittleEndian(_header[1..]);

    public long First => BinaryPrimitives.ReadInt64LittleEndian(_header[9..]);

    public int Count => Math.Max(0, Written);

    public bool IsFarewell => Written == Farewell;

    private int Written => BinaryPrimitives.ReadInt32LittleEndian(_header[17..]);

    /// <param name="skip">How many are passed over.</param>
    public void ForEach(Action<ReadOnlyMemory<byte>> use, int skip)
    {
        var rest = data[HeaderBytes..];
        for (var i = 0; i < Count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            if (i >= skip) use(rest.Slice(EntryHeaderBytes, length));
            rest = rest[(EntryHeaderBytes + length)..];
        }
    }

    public static void WriteHeader(ArrayBufferWriter<byte> output, ulong node)
    {
        var header = output.GetSpan(HeaderBytes);
        header[0] = Version;
        BinaryPrimitives.WriteUInt64LittleEndian(header[1..], node);
        output.Advance(HeaderBytes);
    }

    /// <summary>Fills in what is known only when the entries are there.</summary>
    public static void Complete(Span<byte> envelope, long first, int count)
    {
        BinaryPrimitives.WriteInt64LittleEndian(envelope[9..], first);
        BinaryPrimitives.WriteInt32LittleEndian(envelope[17..], count);
    }
}

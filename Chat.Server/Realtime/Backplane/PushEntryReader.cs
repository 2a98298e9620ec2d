using System.Buffers.Binary;
using System.Text;

namespace Chat.Server.Realtime.Backplane;

/// <summary>Reads what <see cref="PushEntry"/> wrote, in its order: targets, excluded, payload.</summary>
internal ref struct PushEntryReader
{
    private readonly ReadOnlyMemory<byte> _entry;
    private int _at;

    public PushEntryReader(ReadOnlyMemory<byte> entry)
    {
        _entry = entry;
        Kind = (PushKind)entry.Span[0];
        Call = BinaryPrimitives.ReadInt64LittleEndian(entry.Span[1..]);
        _at = 9;
    }

    public PushKind Kind { get; }

    public long Call { get; }

    /// <summary>A copy: what is left waiting for a slow client must not keep a whole batch alive.</summary>
    public readonly ReadOnlyMemory<byte> Payload => _entry.Span[_at..].ToArray();

    public string[] ReadTexts()
    {
        var count = ReadCount();
        if (count == 0) return [];
        var texts = new string[count];
        for (var i = 0; i < count; i++) texts[i] = Encoding.UTF8.GetString(ReadUtf8());
        return texts;
    }

    /// <summary>A text as it was written.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var length = ReadCount();
        var text = _entry.Span.Slice(_at, length);
        _at += length;
        return text;
    }

    /// <summary>How many texts follow, for <see cref="ReadUtf8"/>.</summary>
    public int ReadCount()
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(_entry.Span[_at..]);
        _at += 2;
        return count;
    }
}

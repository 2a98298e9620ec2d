using System.Buffers.Text;

namespace Chat.Bench.Client;

/// <summary>
/// Walks over JSON that is expected to be written in one certain way, and says when it is not: then whoever reads falls back to a real
/// reader. Several times faster than that, for the records of which a run gets hundreds of thousands a second.
/// </summary>
internal ref struct FieldScanner(ReadOnlySpan<byte> json)
{
    private ReadOnlySpan<byte> _rest = json;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool Expect(ReadOnlySpan<byte> text)
    {
        if (!_rest.StartsWith(text)) return false;
        _rest = _rest[text.Length..];
        return true;
    }

    public bool Number(out long value)
    {
        if (!Utf8Parser.TryParse(_rest, out value, out var length)) return false;
        _rest = _rest[length..];
        return true;
    }

    /// <summary>A UUID without its quotes.</summary>
    public bool Uuid(out Guid value)
    {
        if (!Utf8Parser.TryParse(_rest, out value, out var length)) return false;
        _rest = _rest[length..];
        return true;
    }

    /// <summary>What stands before the quote that ends a string; without escapes, which the contract's names do not need.</summary>
    public bool Text(out ReadOnlySpan<byte> value)
    {
        var end = _rest.IndexOf((byte)'"');
        value = end < 0 ? default : _rest[..end];
        if (end < 0 || value.Contains((byte)'\\')) return false;
        _rest = _rest[(end + 1)..];
        return true;
    }
}

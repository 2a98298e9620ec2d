using System.Buffers.Text;
using System.Text;

namespace Chat.Bench.Client;

/// <summary>
/// A <c>MarkDelivered</c> or <c>MarkRead</c> call for one chat, of which each use changes only the id. The invocation id says
/// which mark it is and up to where, so that the answer can be compared without remembering the call. Not for several threads.
/// </summary>
public sealed class MarkFrame
{
    private const int MaxDigits = 19;

    private readonly byte _kind;
    private readonly byte[] _record;
    private readonly byte[] _middle;
    private readonly byte[] _end = [.. "}]}"u8, RawHubConnection.RecordSeparator];
    private readonly int _firstNumberAt;

    private MarkFrame(byte kind, string method, long chatId)
    {
        _kind = kind;
        var start = Encoding.ASCII.GetBytes($$"""{"type":1,"invocationId":"{{(char)kind}}""");
        _middle = Encoding.ASCII.GetBytes($"\",\"target\":\"{method}\",\"arguments\":[{{\"chatId\":{chatId},\"upTo\":");
        _firstNumberAt = start.Length;
        _record = new byte[start.Length + MaxDigits + _middle.Length + MaxDigits + _end.Length];
        start.CopyTo(_record, 0);
    }

    public static MarkFrame Delivered(long chatId) => new((byte)'d', "MarkDelivered", chatId);

    public static MarkFrame Read(long chatId) => new((byte)'r', "MarkRead", chatId);

    /// <summary>The record of one call; valid until the next.</summary>
    public ReadOnlySpan<byte> For(long upTo)
    {
        var at = _firstNumberAt;
        Utf8Formatter.TryFormat(upTo, _record.AsSpan(at), out var digits);
        var number = _record.AsSpan(at, digits);
        at += digits;
        _middle.CopyTo(_record.AsSpan(at));
        at += _middle.Length;
        number.CopyTo(_record.AsSpan(at));
        at += digits;
        _end.CopyTo(_record.AsSpan(at));
        return _record.AsSpan(0, at + _end.Length);
    }

    /// <summary>Up to where the call went that is answered now.</summary>
    /// <returns>False when it is the answer to another call.</returns>
    public bool TryReadUpTo(ReadOnlySpan<byte> invocationId, out long upTo)
    {
        upTo = 0;
        return !invocationId.IsEmpty && invocationId[0] == _kind && Utf8Parser.TryParse(invocationId[1..], out upTo, out _);
    }
}

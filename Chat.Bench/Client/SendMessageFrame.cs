using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>
/// A <c>SendMessage</c> call, encoded once: each send changes only the invocation id and the client message id in place.
/// One per client; not for several threads.
/// </summary>
public sealed class SendMessageFrame
{
    private const int NumberDigits = 10;
    private const int UuidLength = 36;

    private readonly byte[] _record;
    private readonly int _numberAt;
    private readonly int _uuidAt;

    public SendMessageFrame(long chatId, string text)
    {
        var number = new string('0', NumberDigits);
        var uuid = Guid.Empty.ToString("D");
        var json = $$"""
            {"type":1,"invocationId":"{{number}}","target":"SendMessage","arguments":[{"chatId":{{chatId}},"clientMessageId":"{{uuid}}","text":{{JsonSerializer.Serialize(text)}}}]}
            """;
        _record = [.. Encoding.UTF8.GetBytes(json), RawHubConnection.RecordSeparator];
        _numberAt = _record.AsSpan().IndexOf(Encoding.ASCII.GetBytes(number));
        _uuidAt = _record.AsSpan().IndexOf(Encoding.ASCII.GetBytes(uuid));
    }

    /// <summary>The record of one call; valid until the next.</summary>
    /// <param name="number">The invocation id; it comes back with the result.</param>
    public ReadOnlySpan<byte> For(int number, Guid clientMessageId)
    {
        Utf8Formatter.TryFormat(number, _record.AsSpan(_numberAt, NumberDigits), out _, new('D', NumberDigits));
        Utf8Formatter.TryFormat(clientMessageId, _record.AsSpan(_uuidAt, UuidLength), out _);
        return _record;
    }

    /// <summary>The number that <see cref="For"/> wrote, from the completion.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> invocationId, out int number) =>
        Utf8Parser.TryParse(invocationId, out number, out _);
}

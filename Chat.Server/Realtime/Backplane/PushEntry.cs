using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Realtime.Backplane;

/// <summary>
/// A push, encoded once for everybody: the local connections take <see cref="Message"/>, the other nodes get <see cref="Entry"/>,
/// and both are the same bytes. Little-endian: <c>kind:1, call:8, targets, excluded, payload</c>, where the lists are
/// <c>count:2, then count × (length:2, UTF-8)</c> and the payload is the message as the hub protocol writes it.
/// </summary>
internal sealed class PushEntry
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    private PushEntry(ReadOnlyMemory<byte> entry, SerializedHubMessage? message, int payloadBytes) =>
        (Entry, _message, PayloadBytes) = (entry, message, payloadBytes);

    private readonly SerializedHubMessage? _message;

    public ReadOnlyMemory<byte> Entry { get; }

    public SerializedHubMessage Message => _message ?? throw new InvalidOperationException("This entry carries no message.");

    public int PayloadBytes { get; }

    public static PushEntry Push(
        IHubProtocol protocol, PushKind kind, ReadOnlySpan<string> targets, IReadOnlyList<string> excluded, string method, object?[] args)
    {
        var buffer = Begin(kind, 0, targets, excluded);
        var header = buffer.WrittenCount;
        protocol.WriteMessage(new InvocationMessage(method, args), buffer);
        return Of(protocol, buffer.WrittenSpan.ToArray(), header);
    }

    public static PushEntry Command(PushKind kind, long call, params ReadOnlySpan<string> targets) =>
        new(Begin(kind, call, targets, []).WrittenSpan.ToArray(), null, 0);

    /// <summary>A push of another node, as it arrived.</summary>
    public static PushEntry Received(IHubProtocol protocol, ReadOnlyMemory<byte> payload) => Of(protocol, payload, 0);

    /// <param name="header">How many bytes stand before the payload.</param>
    public static PushEntry Of(IHubProtocol protocol, ReadOnlyMemory<byte> entry, int header)
    {
        var payload = entry[header..];
        return new PushEntry(entry, new SerializedHubMessage([new SerializedMessage(protocol.Name, payload)]), payload.Length);
    }

    private static ArrayBufferWriter<byte> Begin(PushKind kind, long call, ReadOnlySpan<string> targets, IReadOnlyList<string> excluded)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        WriteHeader(buffer, kind, call, targets, excluded);
        return buffer;
    }

    /// <summary>Begins an entry anew in this buffer; the payload follows.</summary>
    public static void WriteHeader(
        ArrayBufferWriter<byte> buffer, PushKind kind, long call, ReadOnlySpan<string> targets, IReadOnlyList<string> excluded)
    {
        buffer.ResetWrittenCount();
        var start = buffer.GetSpan(9);
        start[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(start[1..], call);
        buffer.Advance(9);
        WriteCount(buffer, targets.Length);
        foreach (var target in targets) WriteText(buffer, target);
        WriteCount(buffer, excluded.Count);
        foreach (var connectionId in excluded) WriteText(buffer, connectionId);
    }

    private static void WriteCount(ArrayBufferWriter<byte> buffer, int count)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), checked((ushort)count));
        buffer.Advance(2);
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteCount(buffer, length);
        Encoding.UTF8.GetBytes(text, buffer.GetSpan(length));
        buffer.Advance(length);
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Hubs.Direct;

/// <summary>
/// The protocol of one connection: takes the calls that <see cref="DirectCalls"/> knows out of what the client sends, and leaves everything else
/// to the protocol that all share. SignalR is told of a ping instead, so that it knows that the client lives.
/// </summary>
internal sealed class DirectCaller(IHubProtocol inner, DirectCalls calls, HubConnectionContext connection, long userId) : IHubProtocol
{
    /// <summary>
    /// A client's next send must not wait for the commit of its last, so its calls run beside each other. More than these go SignalR's way, which runs
    /// as many, and then makes the client wait.
    /// </summary>
    public const int MaxUnderWay = 64;

    /// <summary>Ends each record of SignalR's JSON protocol.</summary>
    private const byte RecordSeparator = 0x1e;

    private int _underWay;

    public long UserId => userId;

    public string? UserIdentifier => connection.UserIdentifier;

    public string ConnectionId => connection.ConnectionId;

    public CancellationToken Aborted => connection.ConnectionAborted;

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var taken = false;
        while (Volatile.Read(ref _underWay) < MaxUnderWay && TryTake(ref input)) taken = true;
        if (inner.TryParseMessage(ref input, binder, out message)) return true;
        message = taken ? PingMessage.Instance : null;
        return taken;
    }

    public async ValueTask AnswerAsync(CompletionMessage answer)
    {
        await connection.WriteAsync(answer);
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>A record that goes over from one buffer into the next, as few do, is left to SignalR.</summary>
    private bool TryTake(ref ReadOnlySequence<byte> input)
    {
        var here = input.FirstSpan;
        var length = here.IndexOf(RecordSeparator);
        if (length < 0 || calls.Find(here[..length]) is not { } call) return false;
        Interlocked.Increment(ref _underWay);
        call.Method.Begin(this, call.InvocationId, call.Request);
        input = input.Slice(length + 1);
        return true;
    }
}

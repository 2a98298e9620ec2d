using System.Buffers;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Realtime.Backplane;

/// <summary>
/// Events of one audience, encoded once, one after another. Whoever gets all of them shares the same bytes; for a connection that some
/// are not for, the others are put together anew. Kept per thread and used again.
/// </summary>
internal sealed class EncodedEvents
{
    /// <summary>
    /// What goes out in one write, give or take an event. Larger ones would keep a socket's buffer from being used again while they
    /// drain, and gain nothing.
    /// </summary>
    private const int MaxBytes = 32 * 1024;

    [ThreadStatic]
    private static EncodedEvents? _ofThread;

    private readonly ArrayBufferWriter<byte> _buffer = new(4 * 1024);
    private readonly List<(int End, string? Except)> _events = [];
    private int _header;
    private IHubProtocol _protocol = null!;

    private EncodedEvents()
    {
    }

    /// <summary>Whether there is an event that not everybody gets.</summary>
    public bool HasExceptions { get; private set; }

    /// <summary>Encodes events from <paramref name="start"/> on, as many as fit into a write.</summary>
    /// <param name="next">The first event that is left for the next time.</param>
    public static EncodedEvents Encode(
        IHubProtocol protocol, IReadOnlyList<string> groups, IReadOnlyList<PushedEvent> events, int start, out int next)
    {
        var encoded = _ofThread ??= new EncodedEvents();
        next = encoded.Fill(protocol, groups, events, start);
        return encoded;
    }

    /// <summary>For everybody, and for the other nodes: those who are excepted are connections of this one.</summary>
    public PushEntry ForAll() => PushEntry.Of(_protocol, _buffer.WrittenSpan.ToArray(), _header);

    public bool IsExcepted(string connectionId)
    {
        foreach (var (_, except) in _events)
            if (except == connectionId) return true;
        return false;
    }

    /// <returns>The events that this connection gets; null when that is none.</returns>
    public PushEntry? Without(string connectionId)
    {
        var length = 0;
        var begin = _header;
        foreach (var (end, except) in _events)
        {
            if (except != connectionId) length += end - begin;
            begin = end;
        }
        return length == 0 ? null : PushEntry.Of(_protocol, Copy(connectionId, length), header: 0);
    }

    private byte[] Copy(string connectionId, int length)
    {
        var copy = GC.AllocateUninitializedArray<byte>(length);
        var at = 0;
        var begin = _header;
        foreach (var (end, except) in _events)
        {
            if (except != connectionId)
            {
                _buffer.WrittenSpan[begin..end].CopyTo(copy.AsSpan(at));
                at += end - begin;
            }
            begin = end;
        }
        return copy;
    }

    private int Fill(IHubProtocol protocol, IReadOnlyList<string> groups, IReadOnlyList<PushedEvent> events, int start)
    {
        _protocol = protocol;
        _events.Clear();
        HasExceptions = false;
        PushEntry.WriteHeader(_buffer, PushKind.Groups, 0, [.. groups], []);
        _header = _buffer.WrittenCount;
        var at = start;
        while (at < events.Count && _buffer.WrittenCount - _header < MaxBytes)
        {
            var (method, pushed, except) = events[at++];
            protocol.WriteMessage(new InvocationMessage(method, [pushed]), _buffer);
            _events.Add((_buffer.WrittenCount, except));
            HasExceptions |= except is not null;
        }
        return at;
    }
}

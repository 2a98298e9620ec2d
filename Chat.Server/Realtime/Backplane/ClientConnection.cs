using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime.Backplane;

/// <summary>
/// A connection of this node. Contract: <see cref="Post"/> never waits and keeps the order; what the client does not take in time is held
/// up to <see cref="ConnectionLimits.MaxPendingBytes"/>, and past that the connection is closed. Locked by itself, as there is one for each
/// connection.
/// </summary>
internal sealed class ClientConnection(HubConnectionContext context, SlowClients slow)
{
    private Queue<PushEntry>? _waiting;
    private long _pendingBytes;
    private bool _writing;
    private bool _closed;

    public string ConnectionId => context.ConnectionId;

    public string? UserId => context.UserIdentifier;

    public HubConnectionContext Context => context;

    /// <summary>The groups that it is in; null once it is gone. Guarded by <see cref="LocalGroups"/>.</summary>
    public List<LocalGroup>? Groups { get; set; } = [];

    public void Post(PushEntry push)
    {
        long refused;
        lock (this)
        {
            if (_closed) return;
            if (!_writing)
            {
                var write = context.WriteAsync(push.Message, CancellationToken.None);
                if (write.IsCompletedSuccessfully) return;
                _writing = true;
                Hold(push.PayloadBytes);
                _ = DrainAsync(write, push.PayloadBytes);
                return;
            }
            _waiting ??= new Queue<PushEntry>();
            if (_pendingBytes + push.PayloadBytes <= slow.Limits.MaxPendingBytes && _waiting.Count < slow.Limits.MaxPendingMessages)
            {
                _waiting.Enqueue(push);
                Hold(push.PayloadBytes);
                return;
            }
            refused = _pendingBytes + push.PayloadBytes;
            CloseQueue();
        }
        slow.Drop(context, refused);
    }

    /// <summary>Lets go of everything that waits.</summary>
    public void Close()
    {
        lock (this) CloseQueue();
    }

    private async Task DrainAsync(ValueTask write, int bytes)
    {
        while (true)
        {
            try
            {
                await write;
            }
            catch (Exception)
            {
                // SignalR has logged it, and ends the connection.
            }
            lock (this)
            {
                if (_closed) return;
                Hold(-bytes);
                if (_waiting is null || !_waiting.TryDequeue(out var next))
                {
                    // The queue may have been large; it is not needed again soon.
                    _waiting = null;
                    _writing = false;
                    return;
                }
                bytes = next.PayloadBytes;
                write = context.WriteAsync(next.Message, CancellationToken.None);
            }
        }
    }

    private void CloseQueue()
    {
        _closed = true;
        _waiting = null;
        Hold(-_pendingBytes);
    }

    private void Hold(long bytes)
    {
        _pendingBytes += bytes;
        slow.Metrics.PendingBytesChanged(bytes);
    }
}

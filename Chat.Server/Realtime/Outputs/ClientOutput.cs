using System.Buffers;
using System.IO.Pipelines;
using Chat.Data;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Realtime.Outputs;

/// <summary>
/// What SignalR writes to one client, on its way to the transport: knows whether the client takes it. Stands between the two as the
/// connection's output, and is a feature of the connection. SignalR makes one flush at a time. There is one for each connection: it is locked by
/// itself, and makes what few need when they do.
/// </summary>
internal sealed class ClientOutput : PipeWriter, IBurstMember
{
    /// <summary>Pages that are read for a client, or have been read and are not written yet, at a time.</summary>
    private const int MaxPages = 4;

    /// <summary>What a burst may hold back of one client. It is far below where a flush would have to wait for the client.</summary>
    private const int MaxHeldBytes = 16 * 1024;

    private readonly PipeWriter _inner;
    private readonly StalledOutputs _stalledOutputs;
    private readonly IConnectionLifetimeFeature _connection;
    private bool _isStalled;
    private bool _isWriting;
    private Burst? _holder;
    private int _unwrittenPages;

    // Made for the first page: most connections never ask for one. It has no wait handle, so nothing is to be given back.
    private SemaphoreSlim? _pages;

    private ClientOutput(PipeWriter inner, StalledOutputs stalled, IConnectionLifetimeFeature connection) =>
        (_inner, _stalledOutputs, _connection) = (inner, stalled, connection);

    public override bool CanGetUnflushedBytes => _inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => _inner.UnflushedBytes;

    /// <summary>Puts one into a connection. Without effect where there is no transport, as in tests of the hub alone.</summary>
    public static void Watch(IFeatureCollection features, StalledOutputs stalled)
    {
        if (features.Get<IConnectionTransportFeature>() is not { } transport || features.Get<IConnectionLifetimeFeature>() is not { } lifetime) return;
        var output = new ClientOutput(transport.Transport.Output, stalled, lifetime);
        transport.Transport = new Duplex(transport.Transport.Input, output);
        features.Set(output);
    }

    /// <summary>
    /// Waits for a turn to read a page for this client. It lasts until something has been written after the page was read, the page
    /// itself as a rule: a client that takes nothing gets no further pages, however many it asks for.
    /// </summary>
    public async ValueTask<PageTurn> TakePageTurnAsync(CancellationToken cancellationToken)
    {
        await LazyInitializer.EnsureInitialized(ref _pages, () => new SemaphoreSlim(MaxPages)).WaitAsync(cancellationToken);
        return new PageTurn(this);
    }

    /// <summary>A page has been read; what comes next is that it is written.</summary>
    public void PageRead() => Interlocked.Increment(ref _unwrittenPages);

    /// <summary>Cuts the connection if the client takes nothing now.</summary>
    /// <returns>False when it does.</returns>
    public bool CutIfStalled()
    {
        // Within the lock the flush has not ended, so neither has the connection.
        lock (this)
        {
            if (!_isStalled) return false;
            _connection.Abort();
            return true;
        }
    }

    public override void Advance(int bytes) => _inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (this)
        {
            _isWriting = true;
            return _inner.GetMemory(sizeHint);
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        lock (this)
        {
            _isWriting = true;
            return _inner.GetSpan(sizeHint);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush;
        lock (this)
        {
            _isWriting = false;
            if (MayHold(0)) return default;
            _holder = null;
            flush = _inner.FlushAsync(cancellationToken);
        }
        return Follow(flush);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush;
        lock (this)
        {
            _isWriting = false;
            if (MayHold(source.Length))
            {
                _inner.Write(source.Span);
                return default;
            }
            _holder = null;
            flush = _inner.WriteAsync(source, cancellationToken);
        }
        return Follow(flush);
    }

    public void BurstEnds()
    {
        lock (this)
        {
            // Who is writing flushes when done, or is in a burst that does.
            if (_holder is null || _isWriting) return;
            _holder = null;
            // A client that takes nothing is noticed by the next write, which waits for it.
            var flush = _inner.FlushAsync();
            if (flush.IsCompletedSuccessfully) _ = flush.Result;
        }
    }

    public override void CancelPendingFlush() => _inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _inner.CompleteAsync(exception);

    private bool MayHold(int bytes)
    {
        if (Burst.Current is not { } burst || Volatile.Read(ref _unwrittenPages) > 0 || _inner.UnflushedBytes + bytes > MaxHeldBytes) return false;
        if (_holder != burst) burst.Add(this);
        _holder = burst;
        return true;
    }

    private ValueTask<FlushResult> Follow(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompleted) return new(StalledAsync(flush));
        Flushed();
        return flush;
    }

    private async Task<FlushResult> StalledAsync(ValueTask<FlushResult> flush)
    {
        lock (this) _isStalled = true;
        _stalledOutputs.Add(this);
        try
        {
            return await flush;
        }
        finally
        {
            _stalledOutputs.Remove(this);
            lock (this) _isStalled = false;
            Flushed();
        }
    }

    private void Flushed()
    {
        // One flush at a time, so nobody else takes from it.
        if (Volatile.Read(ref _unwrittenPages) == 0) return;
        Interlocked.Decrement(ref _unwrittenPages);
        _pages!.Release();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>A turn at <see cref="ClientOutput.TakePageTurnAsync"/>, until the page has been read. Nothing, by default.</summary>
internal readonly struct PageTurn(ClientOutput output) : IDisposable
{
    public void Dispose() => output?.PageRead();
}

using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Bench.Workloads.Backplane;

/// <summary>
/// A connection that takes whatever is written to it at once, and counts the messages. There is no socket and no client behind it, so
/// that what delivering costs is measured alone.
/// </summary>
internal sealed class CountingConnection
{
    private static readonly JsonHubProtocol Protocol = new();

    public CountingConnection(DeliveryCounter counter) =>
        Context = new HubConnectionContext(new Connection(new CountingWriter(counter)), new HubConnectionContextOptions(), NullLoggerFactory.Instance)
        {
            Protocol = Protocol,
        };

    public HubConnectionContext Context { get; }

    public string Id => Context.ConnectionId;

    private sealed class Connection(PipeWriter output) : ConnectionContext
    {
        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; } = new Duplex(new Pipe().Reader, output);

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }

    private sealed class CountingWriter(DeliveryCounter counter) : PipeWriter
    {
        private const byte Separator = 0x1E;

        private byte[] _buffer = new byte[1024];

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_buffer.Length < sizeHint) _buffer = new byte[sizeHint];
            return _buffer;
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) => Count(_buffer.AsSpan(0, bytes));

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Count(source.Span);
            return default;
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        private void Count(ReadOnlySpan<byte> written) => counter.Add(written.Count(Separator));
    }
}

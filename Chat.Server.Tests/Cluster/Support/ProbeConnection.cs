using System.Buffers;
using System.IO.Pipelines;
using System.Security.Claims;
using System.Text.Json;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>A SignalR connection without a network: what is written to it is read from the other end of a pipe, or left there.</summary>
internal sealed class ProbeConnection : IAsyncDisposable
{
    private static readonly JsonHubProtocol Protocol = new();

    private readonly Pipe _output;

    public ProbeConnection(string? userId = null, int bufferBytes = 64 * 1024, bool reads = true)
    {
        _output = new Pipe(new PipeOptions(pauseWriterThreshold: bufferBytes, resumeWriterThreshold: bufferBytes / 2, useSynchronizationContext: false));
        var connection = new Connection(new Pipe().Reader, _output.Writer) { User = new ClaimsPrincipal() };
        Context = new HubConnectionContext(connection, new HubConnectionContextOptions(), NullLoggerFactory.Instance)
        {
            Protocol = Protocol,
            UserIdentifier = userId,
        };
        if (reads) Read();
    }

    public HubConnectionContext Context { get; }

    public string Id => Context.ConnectionId;

    /// <summary>The texts that arrived: what the tests send is <c>Say(text)</c>.</summary>
    public EventLog<string> Heard { get; } = new();

    /// <summary>The ids of calls that want an answer.</summary>
    public EventLog<string> Asked { get; } = new();

    public bool IsAborted => Context.ConnectionAborted.IsCancellationRequested;

    public void Read() => _ = ReadAsync();

    public async ValueTask DisposeAsync()
    {
        await _output.Writer.CompleteAsync();
        await _output.Reader.CompleteAsync();
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var read = await _output.Reader.ReadAsync();
            var buffer = read.Buffer;
            while (TextMessageParser.TryParseMessage(ref buffer, out var record))
            {
                using var json = JsonDocument.Parse(record);
                var root = json.RootElement;
                if (root.GetProperty("type").GetInt32() != 1) continue;
                if (root.TryGetProperty("invocationId", out var id)) Asked.Add(id.GetString()!);
                else Heard.Add(root.GetProperty("arguments")[0].GetString()!);
            }
            _output.Reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private static class TextMessageParser
    {
        public static bool TryParseMessage(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> record)
        {
            record = default;
            if (buffer.PositionOf((byte)RawHubSocket.Separator) is not { } end) return false;
            record = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
    }

    private sealed class Connection(PipeReader input, PipeWriter output) : ConnectionContext
    {
        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; } = new Duplex(input, output);

        public ClaimsPrincipal User { get; set; } = new();

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Tests.Support;

/// <summary>
/// Gives SignalR's client core a real WebSocket to talk over: what HttpConnection does in the full client package, with
/// negotiation skipped.
/// </summary>
internal sealed class WebSocketConnectionFactory(Func<Task<string?>> accessToken) : IConnectionFactory
{
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        if (await accessToken() is { } token) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken);
        return new WebSocketConnection(socket);
    }

    private sealed class WebSocketConnection : ConnectionContext
    {
        private readonly WebSocket _socket;
        private readonly IDuplexPipe _application;
        private readonly CancellationTokenSource _closed = new();
        private readonly Task _pumps;

        public WebSocketConnection(WebSocket socket)
        {
            _socket = socket;
            var input = new Pipe();
            var output = new Pipe();
            Transport = new Duplex(input.Reader, output.Writer);
            _application = new Duplex(output.Reader, input.Writer);
            ConnectionClosed = _closed.Token;
            _pumps = Task.WhenAll(ReceiveAsync(), SendAsync());
        }

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; }

        public override async ValueTask DisposeAsync()
        {
            await Transport.Output.CompleteAsync();
            await Transport.Input.CompleteAsync();
            _application.Input.CancelPendingRead();
            // A server that is gone without a word sends no farewell.
            await Task.WhenAny(_pumps, Task.Delay(FarewellTime));
            _socket.Abort();
            await _pumps;
            _socket.Dispose();
            _closed.Dispose();
            await base.DisposeAsync();
        }

        private async Task ReceiveAsync()
        {
            Exception? fault = null;
            try
            {
                while (true)
                {
                    var read = await _socket.ReceiveAsync(_application.Output.GetMemory(4096), CancellationToken.None);
                    if (read.MessageType == WebSocketMessageType.Close) break;
                    _application.Output.Advance(read.Count);
                    if ((await _application.Output.FlushAsync()).IsCompleted) break;
                }
            }
            catch (Exception exception)
            {
                // Not only a WebSocketException: a send that fails at the same time aborts the socket, and with it this read,
                // which then ends as cancelled. Whatever it is, the connection is over and the client must hear of it.
                fault = exception;
            }
            await _application.Output.CompleteAsync(fault);
            await _closed.CancelAsync();
        }

        private async Task SendAsync()
        {
            try
            {
                while (true)
                {
                    var read = await _application.Input.ReadAsync();
                    foreach (var segment in read.Buffer)
                        await _socket.SendAsync(segment, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    _application.Input.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted || read.IsCanceled) break;
                }
                if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side is gone; the receiving pump reports it.
            }
            await _application.Input.CompleteAsync();
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}

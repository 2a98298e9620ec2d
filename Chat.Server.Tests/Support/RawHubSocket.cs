using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chat.Server.Tests.Support;

/// <summary>
/// A WebSocket to the hub that sends what it is told, byte by byte: what a careless or hostile client does, and what a
/// client library would not let through.
/// </summary>
public sealed class RawHubSocket : IAsyncDisposable
{
    public const char Separator = '\x1e';

    private readonly ClientWebSocket _socket;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<HubAnswer>> _waiting = new();
    private readonly TaskCompletionSource _handshake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _records = new();
    private int _calls;

    private RawHubSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>Every record that came.</summary>
    public IReadOnlyCollection<string> Records => _records;

    /// <summary>Ends when the server has ended the connection; says how.</summary>
    public Task<string> Closed => _closed.Task;

    public bool IsOpen => !_closed.Task.IsCompleted;

    /// <summary>Connects without the handshake.</summary>
    public static async Task<RawHubSocket> OpenAsync(Uri server, string? accessToken, string query = "")
    {
        var socket = new ClientWebSocket();
        if (accessToken is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {accessToken}");
        await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/hub/chat", Query = query }.Uri, CancellationToken.None).OrDeadline();
        var raw = new RawHubSocket(socket);
        _ = raw.ReceiveAsync();
        return raw;
    }

    public static async Task<RawHubSocket> ConnectAsync(Uri server, string? accessToken, string query = "")
    {
        var raw = await OpenAsync(server, accessToken, query);
        await raw.ShakeHandsAsync();
        return raw;
    }

    public async Task ShakeHandsAsync()
    {
        await SendTextAsync("""{"protocol":"json","version":1}""" + Separator);
        await _handshake.Task.OrDeadline();
    }

    public Task SendTextAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) =>
        _socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).OrDeadline();

    /// <summary>Calls with arguments as they stand in the text, a JSON array or whatever is to be tried instead.</summary>
    public Task<HubAnswer> CallAsync(string method, string argumentsJson) =>
        SendCallAsync(id => $$"""{"type":1,"invocationId":"{{id}}","target":"{{method}}","arguments":{{argumentsJson}}}""");

    /// <param name="record">Makes the record, given an invocation id.</param>
    public async Task<HubAnswer> SendCallAsync(Func<string, string> record)
    {
        var id = Interlocked.Increment(ref _calls).ToString();
        var answer = new TaskCompletionSource<HubAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        await SendTextAsync(record(id) + Separator);
        var first = await Task.WhenAny(answer.Task, _closed.Task).OrDeadline();
        return first == answer.Task
            ? await answer.Task
            : throw new InvalidOperationException($"The connection was closed instead of an answer: {await _closed.Task}");
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16 * 1024];
        var text = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    _closed.TrySetResult($"closed with {received.CloseStatus}");
                    return;
                }
                for (var i = 0; i < received.Count; i++)
                {
                    if (buffer[i] != Separator)
                    {
                        text.WriteByte(buffer[i]);
                        continue;
                    }
                    Take(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
                    text.SetLength(0);
                }
            }
        }
        catch (Exception exception)
        {
            _closed.TrySetResult($"broken off: {exception.Message}");
        }
    }

    private void Take(string record)
    {
        _records.Enqueue(record);
        using var json = JsonDocument.Parse(record);
        var root = json.RootElement;
        if (!root.TryGetProperty("type", out var type))
        {
            if (root.TryGetProperty("error", out var refused)) _handshake.TrySetException(new InvalidOperationException(refused.GetString()));
            else _handshake.TrySetResult();
        }
        else if (type.GetInt32() == 3 && _waiting.TryRemove(root.GetProperty("invocationId").GetString()!, out var answer))
        {
            answer.SetResult(new HubAnswer(
                root.TryGetProperty("error", out var error) ? error.GetString() : null,
                root.TryGetProperty("result", out var result) ? result.Clone() : null));
        }
    }
}

/// <param name="Error">Null when the call succeeded.</param>
public sealed record HubAnswer(string? Error, JsonElement? Result);

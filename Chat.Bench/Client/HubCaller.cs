using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat.Bench.Client;

/// <summary>Calls hub methods with the contract's records and gives events to whoever made it. For everything but the hottest loops.</summary>
public sealed class HubCaller : IHubReceiver, IAsyncDisposable
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly ConcurrentDictionary<int, IPendingCall> _pending = new();
    private readonly HubEventListener? _events;
    private readonly TaskCompletionSource<string?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RawHubConnection? _connection;
    private int _lastNumber;

    private HubCaller(HubEventListener? events) => _events = events;

    /// <summary>Completes when the connection has ended, with the reason where it was not ours.</summary>
    public Task<string?> Completion => _closed.Task;

    /// <summary>See <see cref="RawHubConnection.ServedBy"/>.</summary>
    public string? ServedBy => _connection?.ServedBy;

    /// <exception cref="HubConnectException"/>
    public static async Task<HubCaller> ConnectAsync(
        Uri hub, string accessToken, HubEventListener? events, CancellationToken cancellationToken)
    {
        var caller = new HubCaller(events);
        caller._connection = await RawHubConnection.ConnectAsync(hub, accessToken, caller, cancellationToken);
        return caller;
    }

    /// <exception cref="HubCallException">The server answered with an error.</exception>
    /// <exception cref="HubClosedException">The connection ended first; whether the call was carried out is unknown.</exception>
    public Task<TResult> InvokeAsync<TResult>(string method, object request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var call = new PendingCall<TResult>();
        _pending[number] = call;
        var record = JsonSerializer.SerializeToUtf8Bytes(
            new Invocation(1, number.ToString(), method, [request]), Json);
        _connection!.Write([.. record, RawHubConnection.RecordSeparator]);
        _connection.Flush();
        // Checked after the call was registered: either Closed sees it, or we see that it has happened.
        if (_closed.Task.IsCompleted) Forget(number);
        return cancellationToken.CanBeCanceled ? call.Result.WaitAsync(cancellationToken) : call.Result;
    }

    public void Abort() => _connection?.Abort();

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    void IHubReceiver.Received(RawHubConnection connection, in HubRecord record)
    {
        if (record.Type is HubRecordTypes.Invocation)
            _events?.Invoke(record);
        else if (SendMessageFrame.TryReadNumber(record.InvocationId, out var number) && _pending.TryRemove(number, out var call))
            call.Complete(record);
    }

    void IHubReceiver.Closed(RawHubConnection connection, string? reason)
    {
        _closed.TrySetResult(reason);
        foreach (var number in _pending.Keys) Forget(number);
    }

    private void Forget(int number)
    {
        if (_pending.TryRemove(number, out var call)) call.Fail(new HubClosedException(_closed.Task.IsCompletedSuccessfully ? _closed.Task.Result : null));
    }

    private sealed record Invocation(int Type, string InvocationId, string Target, object[] Arguments);

    private interface IPendingCall
    {
        void Complete(in HubRecord record);

        void Fail(Exception exception);
    }

    private sealed class PendingCall<T> : IPendingCall
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        public void Complete(in HubRecord record)
        {
            if (record.HasError) _result.TrySetException(new HubCallException(record.Error));
            else if (typeof(T) == typeof(PayloadLength)) _result.TrySetResult((T)(object)new PayloadLength(record.Payload.Length));
            else _result.TrySetResult(record.Read<T>(Json));
        }

        public void Fail(Exception exception) => _result.TrySetException(exception);
    }
}

/// <summary>As the result of a call: the answer is not read, only measured in bytes. For who measures the server and not the reading.</summary>
public readonly record struct PayloadLength(int Bytes);

/// <summary>Called on the receive loop; the record is valid during the call only.</summary>
public delegate void HubEventListener(in HubRecord record);

/// <summary>The server answered a call with an error: <c>code: text</c>.</summary>
public sealed class HubCallException(string text) : Exception(text)
{
    /// <summary>See Chat.Server.Errors.ErrorCodes.</summary>
    public string Code { get; } = text.Split(':')[0];
}

/// <summary>The connection ended before the answer came.</summary>
public sealed class HubClosedException(string? reason) : Exception(reason ?? "the connection was closed");

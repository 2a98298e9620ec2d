using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Realtime.Backplane;

/// <summary>Questions to clients that have not been answered yet.</summary>
internal sealed class ClientResults
{
    private readonly ConcurrentDictionary<string, IQuestion> _open = new();
    private long _last;

    /// <exception cref="HubException">The client answered with an error.</exception>
    /// <exception cref="IOException">The connection ended before the answer.</exception>
    public async Task<T> AskAsync<T>(HubConnectionContext connection, string method, object?[] args, CancellationToken cancellationToken)
    {
        var id = $"s{Interlocked.Increment(ref _last)}";
        var question = new Question<T>(connection.ConnectionId);
        _open[id] = question;
        try
        {
            await connection.WriteAsync(new InvocationMessage(id, method, args), cancellationToken);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.ConnectionAborted);
            return await question.Answer.Task.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (connection.ConnectionAborted.IsCancellationRequested)
        {
            throw new IOException($"Connection '{connection.ConnectionId}' disconnected.");
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }

    /// <summary>Ignores answers to what this connection was not asked.</summary>
    public void Answer(string connectionId, CompletionMessage result)
    {
        if (_open.TryGetValue(result.InvocationId!, out var question) && question.ConnectionId == connectionId) question.Take(result);
    }

    public bool TryGetType(string invocationId, [NotNullWhen(true)] out Type? type)
    {
        type = _open.TryGetValue(invocationId, out var question) ? question.Type : null;
        return type is not null;
    }

    private interface IQuestion
    {
        string ConnectionId { get; }

        Type Type { get; }

        void Take(CompletionMessage result);
    }

    private sealed class Question<T>(string connectionId) : IQuestion
    {
        public TaskCompletionSource<T> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string ConnectionId => connectionId;

        public Type Type => typeof(T);

        public void Take(CompletionMessage result)
        {
            if (result.HasResult) Answer.TrySetResult((T)result.Result!);
            else Answer.TrySetException(new HubException(result.Error));
        }
    }
}

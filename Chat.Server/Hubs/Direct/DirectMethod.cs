using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chat.Server.Hubs.Filters;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Hubs.Direct;

/// <summary>A method of the hub whose calls need nothing that SignalR makes for a call.</summary>
internal abstract class DirectMethod(string name)
{
    public string Name => name;

    /// <returns>The request that the reader stands at; the reader stands at its end then.</returns>
    /// <exception cref="JsonException">It cannot be read.</exception>
    public abstract object? Read(ref Utf8JsonReader reader);

    /// <summary>What comes before the first await is done when it returns, as with SignalR's calls: it keeps a client's calls in order.</summary>
    public abstract void Begin(DirectCaller caller, string invocationId, object request);
}

internal sealed class DirectMethod<TRequest, TResult>(
    string name, JsonTypeInfo<TRequest> json, CallGuard guard, Func<DirectCaller, TRequest, Task<TResult>> method) : DirectMethod(name)
    where TRequest : class
{
    public override object? Read(ref Utf8JsonReader reader) => JsonSerializer.Deserialize(ref reader, json);

    public override void Begin(DirectCaller caller, string invocationId, object request) => _ = RunAsync(caller, invocationId, (TRequest)request);

    private async Task RunAsync(DirectCaller caller, string invocationId, TRequest request)
    {
        CompletionMessage answer;
        var call = guard.Begin(Name, caller.UserIdentifier);
        try
        {
            guard.Check(call, caller.UserId, request);
            answer = CompletionMessage.WithResult(invocationId, await method(caller, request));
            guard.Succeeded(call);
        }
        catch (Exception exception)
        {
            answer = CompletionMessage.WithError(invocationId, guard.Refused(call, exception, caller.Aborted).Message);
        }
        finally
        {
            guard.End(call);
        }
        await caller.AnswerAsync(answer);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Receipts;
using Chat.Server.Hubs.Contract;
using Chat.Server.Hubs.Filters;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hubs.Direct;

/// <summary>
/// The calls of which there are most, on a way of their own past SignalR's: no scope of services, no hub object, no reflection, one asynchronous
/// step instead of eight. Anything about a call that is out of the ordinary (arguments that cannot be read, no answer wanted, streams) is
/// left to SignalR, so that there is one place that knows what to say then.
/// </summary>
internal sealed class DirectCalls
{
    private readonly DirectMethod[] _methods;
    private readonly IHubProtocol _protocol;

    public DirectCalls(
        CallGuard guard, SendMessageService sendMessage, ReceiptService receipts, IHubProtocolResolver protocols, IOptions<JsonHubProtocolOptions> json)
    {
        _protocol = protocols.AllProtocols.Single();
        var options = json.Value.PayloadSerializerOptions;
        _methods =
        [
            Method<SendMessageRequest, SendMessageResult>(
                nameof(ChatHub.SendMessage), (caller, request) => sendMessage.SendAsync(caller.UserId, caller.ConnectionId, request)),
            Method<MarkRequest, MarkResult>(
                nameof(ChatHub.MarkDelivered), (caller, request) => receipts.MarkAsync(caller.UserId, caller.ConnectionId, request, read: false)),
            Method<MarkRequest, MarkResult>(
                nameof(ChatHub.MarkRead), (caller, request) => receipts.MarkAsync(caller.UserId, caller.ConnectionId, request, read: true)),
        ];

        DirectMethod<TRequest, TResult> Method<TRequest, TResult>(string name, Func<DirectCaller, TRequest, Task<TResult>> method)
            where TRequest : class =>
            new(name, (JsonTypeInfo<TRequest>)options.GetTypeInfo(typeof(TRequest)), guard, method);
    }

    /// <summary>A connection's protocol, for a connection whose user is known.</summary>
    public IHubProtocol ProtocolOf(HubConnectionContext connection) => new DirectCaller(_protocol, this, connection, connection.UserId());

    /// <returns>Null for everything that is not an ordinary call of one of these methods.</returns>
    public DirectCall? Find(ReadOnlySpan<byte> record)
    {
        try
        {
            return Read(record);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second one: text that is no text, half a character for example.
            return null;
        }
    }

    private DirectCall? Read(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return null;
        var isInvocation = false;
        string? invocationId = null;
        DirectMethod? method = null;
        object? request = null;
        var skipped = default(Utf8JsonReader);
        var hasSkipped = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                if (!reader.Read() || reader.TokenType is not JsonTokenType.Number || !reader.TryGetInt32(out var type) || type != 1) return null;
                isInvocation = true;
            }
            else if (reader.ValueTextEquals("invocationId"u8))
            {
                if (!reader.Read() || reader.TokenType is not JsonTokenType.String) return null;
                invocationId = reader.GetString();
            }
            else if (reader.ValueTextEquals("target"u8))
            {
                if (!reader.Read() || reader.TokenType is not JsonTokenType.String || (method = Named(ref reader)) is null) return null;
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                if (!reader.Read() || reader.TokenType is not JsonTokenType.StartArray) return null;
                if (method is not null && (request = ReadOnly(method, ref reader)) is null) return null;
                if (method is not null) continue;
                // Some clients say who is called after what is said.
                skipped = reader;
                hasSkipped = true;
                reader.Skip();
            }
            else
            {
                return null;
            }
        }
        if (!isInvocation || invocationId is null || method is null || reader.TokenType is not JsonTokenType.EndObject || reader.Read()) return null;
        if (hasSkipped) request = ReadOnly(method, ref skipped);
        return request is null ? null : new DirectCall(method, invocationId, request);
    }

    /// <summary>The one argument of a list that the reader stands at the start of.</summary>
    private static object? ReadOnly(DirectMethod method, ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return null;
        var request = method.Read(ref reader);
        return reader.Read() && reader.TokenType is JsonTokenType.EndArray ? request : null;
    }

    private DirectMethod? Named(ref Utf8JsonReader reader)
    {
        foreach (var method in _methods)
            if (reader.ValueTextEquals(method.Name)) return method;
        return null;
    }
}

/// <summary>A call that was read.</summary>
internal readonly record struct DirectCall(DirectMethod Method, string InvocationId, object Request);

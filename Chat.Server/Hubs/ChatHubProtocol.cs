using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Chat.Server.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Hubs;

/// <summary>
/// SignalR's JSON protocol, with errors as the contract has them. SignalR answers some faults of a call itself, without
/// asking a filter (unknown method, arguments that cannot be read), and puts a sentence of its own before the text of
/// every error. Here each becomes <c>code: text</c>.
/// </summary>
internal sealed class ChatHubProtocol(JsonHubProtocol inner) : IHubProtocol
{
    private const string HubExceptionMark = "HubException: ";

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(WithContractError(message));

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(WithContractError(message), output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        // A record of a type that SignalR does not know is read and yields no message. It must not stop those behind it.
        var unread = input.Length;
        while (!inner.TryParseMessage(ref input, binder, out message))
        {
            if (input.Length == unread) return false;
            unread = input.Length;
        }
        if (message is InvocationBindingFailureMessage failure)
            message = new InvocationBindingFailureMessage(
                failure.InvocationId, failure.Target,
                ExceptionDispatchInfo.Capture(new HubException(Explain(failure.BindingFailure.SourceException).WireText)));
        return true;
    }

    private static ChatException Explain(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            // The path reads $.chatId, or $.memberIds[3].
            if (current is JsonException { Path: { Length: > 2 } path })
                return ChatException.Invalid(path[2..], "has the wrong type or format");
            // Reading the arguments asks for their types, and this is how SignalR says that there is no such method.
            if (current is HubException) return UnknownMethod();
        }
        return ChatException.Invalid("request", "must be one object of the method's request type");
    }

    private static HubMessage WithContractError(HubMessage message) => message switch
    {
        CompletionMessage { Error: { } error } completion => CompletionMessage.WithError(completion.InvocationId!, ContractError(error)),
        CloseMessage { Error: { } error } close => new CloseMessage(ContractError(error), close.AllowReconnect),
        _ => message,
    };

    private static string ContractError(string error)
    {
        var mark = error.IndexOf(HubExceptionMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            var text = error[(mark + HubExceptionMark.Length)..];
            // SignalR's own HubExceptions speak of how a method was called, and have no code.
            return IsContractError(text) ? text : ChatException.Invalid("request", text).WireText;
        }
        if (error.StartsWith("Unknown hub method", StringComparison.Ordinal))
            return UnknownMethod().WireText;
        return IsContractError(error) ? error : ChatException.Invalid("request", error).WireText;
    }

    private static ChatException UnknownMethod() => new(ErrorCodes.NotFound, "this method does not exist");

    private static bool IsContractError(string text) =>
        ErrorCodes.All.Any(code => text.StartsWith(code.Code + ": ", StringComparison.Ordinal));
}

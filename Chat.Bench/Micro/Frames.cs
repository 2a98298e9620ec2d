using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Hubs.Direct;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Bench.Micro;

/// <summary>What a message costs at the edge: the frame that brings it, the answer, and the push.</summary>
[MemoryDiagnoser]
public class Frames
{
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly ChatHubBinder _binder = new();
    private WebApplication _product = null!;
    private IHubProtocol _protocol = null!;
    private DirectCalls _calls = null!;
    private ReadOnlySequence<byte> _sendMessage;
    private readonly string[] _audience = ["user:100001", "user:100002"];
    private PushedEvent[] _events = null!;
    private MessageView _message = null!;
    private SendMessageResult _result = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _product = ProductServices.Create();
        _protocol = ProductServices.HubProtocolOf(_product);
        _calls = _product.Services.GetRequiredService<DirectCalls>();
        var json = $$"""{"type":1,"invocationId":"0000012345","target":"SendMessage","arguments":[{"chatId":{{Samples.ChatId}},"clientMessageId":"0198c2f0-1234-7000-8000-0123456789ab","text":"{{Samples.Text}}"}]}""";
        _sendMessage = new ReadOnlySequence<byte>([.. Encoding.UTF8.GetBytes(json), Client.RawHubConnection.RecordSeparator]);
        _message = Samples.Message();
        _events = [PushedEvent.MessagePosted(_message, except: "connection")];
        _result = new SendMessageResult(Samples.ChatId, 123_456, Samples.SentAt, Duplicate: false);
    }

    [GlobalCleanup]
    public ValueTask CleanUp() => _product.DisposeAsync();

    /// <summary>The frame of a <c>SendMessage</c> call, with its validation, as the server reads it.</summary>
    [Benchmark]
    public object ReadSendMessage()
    {
        var call = _calls.Find(_sendMessage.FirstSpan[..^1]) ?? throw new InvalidOperationException("The frame was not read.");
        ((SendMessageRequest)call.Request).Validate();
        return call.Request;
    }

    /// <summary>The same where the call is left to SignalR.</summary>
    [Benchmark]
    public HubMessage ParseSendMessage()
    {
        var input = _sendMessage;
        if (!_protocol.TryParseMessage(ref input, _binder, out var message)) throw new InvalidOperationException("The frame was not read.");
        ((SendMessageRequest)((InvocationMessage)message).Arguments[0]!).Validate();
        return message;
    }

    [Benchmark]
    public int EncodeSendMessageResult() => Encode(CompletionMessage.WithResult("0000012345", _result));

    [Benchmark]
    public int EncodeMessagePosted() => Encode(new InvocationMessage(nameof(IChatClient.MessagePosted), [_message]));

    /// <summary>A push to a group as the backplane carries it: encoded once for local connections and for other nodes.</summary>
    [Benchmark]
    public object PushEntryOfMessagePosted() =>
        PushEntry.Push(_protocol, PushKind.Groups, ["chat:4711"], [], nameof(IChatClient.MessagePosted), [_message]);

    /// <summary>What a committed message becomes on its way to the two people of a direct chat.</summary>
    [Benchmark]
    public object EncodeEventsForTwo() => EncodedEvents.Encode(_protocol, _audience, _events, start: 0, out _).ForAll();

    private int Encode(HubMessage message)
    {
        _output.ResetWrittenCount();
        _protocol.WriteMessage(message, _output);
        return _output.WrittenCount;
    }

    /// <summary>Knows the hub's methods, as the server's own dispatcher does.</summary>
    private sealed class ChatHubBinder : IInvocationBinder
    {
        private static readonly IReadOnlyList<Type> SendMessage = [typeof(SendMessageRequest)];

        public IReadOnlyList<Type> GetParameterTypes(string methodName) =>
            methodName == nameof(ChatHub.SendMessage) ? SendMessage : throw new HubException($"Unknown method {methodName}.");

        public Type GetReturnType(string invocationId) => throw new InvalidOperationException("No call goes to a client.");

        public Type GetStreamItemType(string streamId) => throw new InvalidOperationException("There are no streams.");
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Support;

/// <summary>A person with an account and one hub connection over a real WebSocket.</summary>
public sealed class TestClient : IAsyncDisposable
{
    private static int _people = Random.Shared.Next(1, 500_000);

    private readonly Uri _server;
    private readonly Action<IHubConnectionBuilder>? _transport;

    private TestClient(Uri server, TestAccount account, Action<IHubConnectionBuilder>? transport)
    {
        (_server, Account, _transport) = (server, account, transport);
        Hub = BuildHub();
    }

    public TestAccount Account { get; }

    public long UserId => Account.UserId;

    public HubConnection Hub { get; private set; }

    public EventLog<MessageView> Messages { get; } = new();

    public EventLog<MessageChangedEvent> Changes { get; } = new();

    public EventLog<MessagesHiddenEvent> Hidings { get; } = new();

    public EventLog<ReceiptsAdvancedEvent> Receipts { get; } = new();

    public EventLog<ChatUpdatedEvent> ChatsUpdated { get; } = new();

    public EventLog<ChatRemovedEvent> ChatsRemoved { get; } = new();

    public EventLog<ResyncRequiredEvent> Resyncs { get; } = new();

    public EventLog<NotificationRaisedEvent> Notifications { get; } = new();

    public EventLog<PresenceView> Presences { get; } = new();

    public EventLog<TypingChangedEvent> Typing { get; } = new();

    public EventLog<SettingsView> Settings { get; } = new();

    public EventLog<ChatSettingsChangedEvent> ChatSettings { get; } = new();

    public EventLog<ReconnectRequiredEvent> Reconnects { get; } = new();

    /// <summary>A task that ends when the connection has ended.</summary>
    public TaskCompletionSource<Exception?> Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Registers a new person and connects.</summary>
    public static async Task<TestClient> RegisterAsync(Uri server, string name = "Somebody", TimeSpan? serverTimeout = null) =>
        await ConnectAsync(server, await TestAccount.RegisterAsync(server, name, NextPhoneNumber()), serverTimeout: serverTimeout);

    /// <summary>One more device of a person.</summary>
    /// <param name="transport">How the connection is made; by default a WebSocket without negotiation.</param>
    /// <param name="serverTimeout">After how much silence of the server the connection is given up; 30 s by default.</param>
    public static async Task<TestClient> ConnectAsync(
        Uri server, TestAccount account, Action<IHubConnectionBuilder>? transport = null, TimeSpan? serverTimeout = null)
    {
        var client = new TestClient(server, account, transport);
        if (serverTimeout is { } timeout) client.Hub.ServerTimeout = timeout;
        await client.StartAsync();
        return client;
    }

    public static string NextPhoneNumber() => $"+4915{Interlocked.Increment(ref _people):00000000}";

    public Task<TestClient> AnotherDeviceAsync() => ConnectAsync(_server, Account);

    public Task<ChatView> OpenDirectChatAsync(TestClient other) =>
        CallAsync<ChatView>(nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(other.UserId));

    public Task<ChatView> CreateGroupAsync(string title, params IEnumerable<TestClient> members) =>
        CallAsync<ChatView>(nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), title, [.. members.Select(m => m.UserId)]));

    public Task<SendMessageResult> SendAsync(long chatId, string text, Guid? clientMessageId = null) =>
        CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(chatId, clientMessageId ?? Guid.NewGuid(), text));

    public Task<MarkResult> MarkDeliveredAsync(long chatId, long upTo) =>
        CallAsync<MarkResult>(nameof(ChatHub.MarkDelivered), new MarkRequest(chatId, upTo));

    public Task<MarkResult> MarkReadAsync(long chatId, long upTo) =>
        CallAsync<MarkResult>(nameof(ChatHub.MarkRead), new MarkRequest(chatId, upTo));

    public Task<SyncChatResult> SyncAsync(long chatId, long afterMessageId, int? limit = null) =>
        CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(chatId, afterMessageId, limit));

    public Task<ChatView> GetChatAsync(long chatId) => CallAsync<ChatView>(nameof(ChatHub.GetChat), new GetChatRequest(chatId));

    public Task<ChatPage> ListChatsAsync(string? cursor = null, int? limit = null) =>
        CallAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(cursor, limit));

    public Task<MessagePage> ListMessagesAsync(ListMessagesRequest request) =>
        CallAsync<MessagePage>(nameof(ChatHub.ListMessages), request);

    /// <summary>Everything after an id, page by page, as a client that was away reads it.</summary>
    public async Task<List<MessageView>> CatchUpAsync(long chatId, long afterMessageId = 0)
    {
        var messages = new List<MessageView>();
        SyncChatResult page;
        do
        {
            page = await SyncAsync(chatId, afterMessageId);
            messages.AddRange(page.Messages);
            afterMessageId = page.UpToMessageId;
        }
        while (page.HasMore);
        return messages;
    }

    public Task<T> CallAsync<T>(string method, object? request) => Hub.InvokeAsync<T>(method, request);

    /// <summary>Calls, and expects an error.</summary>
    /// <returns>The text of the error: <c>code: text</c>.</returns>
    public async Task<string> RefusalAsync(string method, params object?[] arguments)
    {
        try
        {
            var result = await Hub.InvokeCoreAsync<JsonElement>(method, arguments);
            throw new InvalidOperationException($"{method} should have been refused, and answered {result}.");
        }
        catch (HubException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Waits until this client was told that it is in a chat: by what was pushed to the chat, or by its own node.</summary>
    public Task UntilInAsync(long chatId) => Deadline.UntilAsync(
        () => ChatsUpdated.All.Any(c => c.ChatId == chatId) || Resyncs.All.Any(r => r.ChatId == chatId), $"is in chat {chatId}");

    /// <summary>Ends the connection and makes a new one, as a client does after it was away.</summary>
    public async Task ReconnectAsync()
    {
        await Hub.DisposeAsync();
        Hub = BuildHub();
        await StartAsync();
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    /// <summary>
    /// The handshake is answered before the server has subscribed the connection; its first call is answered after that.
    /// </summary>
    private async Task StartAsync()
    {
        await Hub.StartAsync();
        await ListChatsAsync(limit: 1);
    }

    private void UseWebSocket(HubConnectionBuilder builder)
    {
        var address = new UriBuilder(_server) { Scheme = "ws", Path = "/hub/chat" }.Uri;
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(address));
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory(() => Task.FromResult<string?>(Account.AccessToken)));
    }

    private HubConnection BuildHub()
    {
        var builder = new HubConnectionBuilder();
        if (_transport is null) UseWebSocket(builder);
        else _transport(builder);
        var hub = builder.Build();
        hub.On<MessageView>(nameof(IChatClient.MessagePosted), Messages.Add);
        hub.On<MessageChangedEvent>(nameof(IChatClient.MessageChanged), Changes.Add);
        hub.On<MessagesHiddenEvent>(nameof(IChatClient.MessagesHidden), Hidings.Add);
        hub.On<ReceiptsAdvancedEvent>(nameof(IChatClient.ReceiptsAdvanced), Receipts.Add);
        hub.On<ChatUpdatedEvent>(nameof(IChatClient.ChatUpdated), ChatsUpdated.Add);
        hub.On<ChatRemovedEvent>(nameof(IChatClient.ChatRemoved), ChatsRemoved.Add);
        hub.On<ResyncRequiredEvent>(nameof(IChatClient.ResyncRequired), Resyncs.Add);
        hub.On<NotificationRaisedEvent>(nameof(IChatClient.NotificationRaised), Notifications.Add);
        hub.On<PresenceView>(nameof(IChatClient.PresenceChanged), Presences.Add);
        hub.On<TypingChangedEvent>(nameof(IChatClient.TypingChanged), Typing.Add);
        hub.On<SettingsView>(nameof(IChatClient.SettingsChanged), Settings.Add);
        hub.On<ChatSettingsChangedEvent>(nameof(IChatClient.ChatSettingsChanged), ChatSettings.Add);
        hub.On<ReconnectRequiredEvent>(nameof(IChatClient.ReconnectRequired), Reconnects.Add);
        hub.Closed += exception =>
        {
            Closed.TrySetResult(exception);
            return Task.CompletedTask;
        };
        return hub;
    }
}

/// <summary>An account and the tokens of one session.</summary>
public sealed record TestAccount(long UserId, string PhoneNumber, string Password, string AccessToken, string RefreshToken, long SessionId)
{
    public const string DefaultPassword = "correct horse battery";

    public static async Task<TestAccount> RegisterAsync(Uri server, string name, string phoneNumber)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var response = await http.PostAsJsonAsync("/api/auth/register", new { name, phoneNumber, password = DefaultPassword });
        return await ReadAsync(response, phoneNumber);
    }

    /// <summary>One more session of a person.</summary>
    public static async Task<TestAccount> LogInAsync(Uri server, TestAccount account)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var response = await http.PostAsJsonAsync("/api/auth/login", new { login = account.PhoneNumber, password = account.Password });
        return await ReadAsync(response, account.PhoneNumber);
    }

    private static async Task<TestAccount> ReadAsync(HttpResponseMessage response, string phoneNumber)
    {
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new TestAccount(
            body.GetProperty("user").GetProperty("userId").GetInt64(),
            phoneNumber,
            DefaultPassword,
            body.GetProperty("accessToken").GetString()!,
            body.GetProperty("refreshToken").GetString()!,
            body.GetProperty("sessionId").GetInt64());
    }
}

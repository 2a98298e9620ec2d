using Chat.Data;
using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Bench.Servers;

/// <summary>
/// What a team writes first, written well: for each message one transaction (insert it, move the chat's head, commit), then
/// a push to the chat's group, then the answer. The same database, driver, payloads and framework settings as they come;
/// no rules, no idempotency, no receipts.
/// </summary>
internal static class NaiveServer
{
    public static Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        var connectionString = builder.Configuration.GetConnectionString("Chat")
            ?? throw new BenchException("ConnectionStrings:Chat is missing.");
        builder.Services.AddSingleton(_ => ChatDatabase.Create(connectionString));
        builder.Services.AddSingleton<NaiveStore>();
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.MapHub<NaiveHub>("/hub/chat");
        app.MapGet("/health/ready", () => Results.Ok());
        return app.RunAsync(cancellationToken);
    }
}

internal sealed class NaiveHub(NaiveStore store) : Hub
{
    public override async Task OnConnectedAsync()
    {
        var userId = BareCaller.IdOf(Context);
        var chatIds = await store.ListChatIdsAsync(userId);
        Context.Items[nameof(BareCaller)] = userId;
        Context.Items[nameof(chatIds)] = chatIds;
        foreach (var chatId in chatIds) await Groups.AddToGroupAsync(Context.ConnectionId, $"chat:{chatId}");
    }

    public async Task<SendMessageResult> SendMessage(SendMessageRequest request)
    {
        var chatIds = (HashSet<long>)Context.Items["chatIds"]!;
        if (!chatIds.Contains(request.ChatId)) throw new HubException("not_found: this chat does not exist");

        var senderId = (long)Context.Items[nameof(BareCaller)]!;
        var sentAt = TimeProvider.System.GetUtcNow().UtcDateTime;
        var messageId = await store.AddAsync(request.ChatId, senderId, request.ClientMessageId, request.Text, sentAt);
        await Clients.OthersInGroup($"chat:{request.ChatId}").SendAsync("MessagePosted", new MessageView(
            request.ChatId, messageId, senderId, request.ClientMessageId, MessageTypes.Text, request.Text, System: null, sentAt));
        return new SendMessageResult(request.ChatId, messageId, sentAt, Duplicate: false);
    }
}

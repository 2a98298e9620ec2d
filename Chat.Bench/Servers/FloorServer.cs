using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Bench.Servers;

/// <summary>
/// A bare SignalR hub as the framework makes it: answers and forwards, keeps nothing. What it reaches on a machine is the most
/// that any hub with these events can reach there.
/// </summary>
internal static class FloorServer
{
    public static Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.MapHub<FloorHub>("/hub/chat");
        app.MapGet("/health/ready", () => Results.Ok());
        return app.RunAsync(cancellationToken);
    }
}

/// <summary>The caller's id is the access token, its chats stand in the query: <c>?chat=1&amp;chat=2</c>.</summary>
internal sealed class FloorHub : Hub
{
    private static long _lastMessageId;

    public override async Task OnConnectedAsync()
    {
        Context.Items[nameof(BareCaller)] = BareCaller.IdOf(Context);
        foreach (var chat in Context.GetHttpContext()!.Request.Query["chat"])
            await Groups.AddToGroupAsync(Context.ConnectionId, $"chat:{chat}");
    }

    /// <summary>What it answers is of no use; that it answers says that the connection is in its groups.</summary>
    public string GetChat(GetChatRequest request) => Context.ConnectionId;

    public async Task<SendMessageResult> SendMessage(SendMessageRequest request)
    {
        var messageId = Interlocked.Increment(ref _lastMessageId);
        var sentAt = TimeProvider.System.GetUtcNow().UtcDateTime;
        var senderId = (long)Context.Items[nameof(BareCaller)]!;
        await Clients.OthersInGroup($"chat:{request.ChatId}").SendAsync("MessagePosted", new MessageView(
            request.ChatId, messageId, senderId, request.ClientMessageId, MessageTypes.Text, request.Text, System: null, sentAt));
        return new SendMessageResult(request.ChatId, messageId, sentAt, Duplicate: false);
    }

    public Task<MarkResult> MarkDelivered(MarkRequest request) => Mark(request, readUpTo: 0);

    public Task<MarkResult> MarkRead(MarkRequest request) => Mark(request, request.UpTo);

    private async Task<MarkResult> Mark(MarkRequest request, long readUpTo)
    {
        var userId = (long)Context.Items[nameof(BareCaller)]!;
        await Clients.OthersInGroup($"chat:{request.ChatId}").SendAsync("ReceiptsAdvanced", new ReceiptsAdvancedEvent(
            request.ChatId, [new ReceiptView(userId, request.UpTo, readUpTo)]));
        return new MarkResult(request.ChatId, request.UpTo, readUpTo);
    }
}

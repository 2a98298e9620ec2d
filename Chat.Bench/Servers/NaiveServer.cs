using System.Data.Common;
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
    /// <summary>Transactions at once: enough to share disk flushes, not so many that they only wait for each other.</summary>
    private const int Connections = 64;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        var connectionString = builder.Configuration.GetConnectionString("Chat")
            ?? throw new BenchException("ConnectionStrings:Chat is missing.");
        var settings = new DbConnectionStringBuilder { ConnectionString = connectionString, ["Maximum Pool Size"] = Connections };
        await using var database = ChatDatabase.Create(settings.ConnectionString);
        // As in a service that has run for a while: the load does not begin with a storm of log-ins.
        await FillPoolAsync(database, cancellationToken);

        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton<NaiveStore>();
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.MapHub<NaiveHub>("/hub/chat");
        app.MapGet("/health/ready", () => Results.Ok());
        await app.RunAsync(cancellationToken);
    }

    private static async Task FillPoolAsync(ChatDatabase database, CancellationToken cancellationToken)
    {
        var connections = new List<DbConnection>();
        for (var i = 0; i < Connections; i++) connections.Add(await database.OpenAsync(cancellationToken));
        foreach (var connection in connections) await connection.DisposeAsync();
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

    /// <summary>What it answers is of no use; that it answers says that the connection is in its groups.</summary>
    public string GetChat(GetChatRequest request) => Context.ConnectionId;

    public async Task<SendMessageResult> SendMessage(SendMessageRequest request)
    {
        var chatIds = (HashSet<long>)Context.Items["chatIds"]!;
        if (!chatIds.Contains(request.ChatId)) throw new HubException("not_found: this chat does not exist");

        var senderId = (long)Context.Items[nameof(BareCaller)]!;
        var sentAt = TimeProvider.System.GetUtcNow().UtcDateTime;
        var messageId = await store.AddAsync(request.ChatId, senderId, request.ClientMessageId, request.Text!, sentAt);
        await Clients.OthersInGroup($"chat:{request.ChatId}").SendAsync("MessagePosted", new MessageView(
            request.ChatId, messageId, senderId, request.ClientMessageId, MessageTypes.Text, request.Text, System: null, sentAt));
        return new SendMessageResult(request.ChatId, messageId, sentAt, Duplicate: false);
    }
}

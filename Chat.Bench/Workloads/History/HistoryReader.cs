using System.Diagnostics;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.History;

/// <summary>What is measured.</summary>
public enum HistoryOperation
{
    /// <summary>The newest 50 messages of a chat.</summary>
    LatestPage,

    /// <summary>50 messages before one somewhere in a chat.</summary>
    OlderPage,

    /// <summary>The heads of 50 chats, with counts of unread messages.</summary>
    ChatList,

    /// <summary>The last 1–50 messages of a chat, as a client that was away asks for them.</summary>
    Sync,
}

/// <summary>The connected users of one database, reading one after the other.</summary>
internal sealed class HistoryReader : IAsyncDisposable
{
    private const int PageSize = 50;

    private readonly IReadOnlyList<HubCaller> _callers;
    private readonly IReadOnlyList<IReadOnlyList<long>> _chatIds;
    private readonly HistoryShape _shape;

    private HistoryReader(IReadOnlyList<HubCaller> callers, IReadOnlyList<IReadOnlyList<long>> chatIds, HistoryShape shape) =>
        (_callers, _chatIds, _shape) = (callers, chatIds, shape);

    public static async Task<HistoryReader> ConnectAsync(
        IReadOnlyList<BenchUser> users, IReadOnlyList<IReadOnlyList<long>> chatIds, HistoryShape shape, CancellationToken cancellationToken)
    {
        var callers = new List<HubCaller>();
        foreach (var user in users)
            callers.Add(await HubCaller.ConnectAsync(user.Hub, user.AccessToken, events: null, cancellationToken));
        return new HistoryReader(callers, chatIds, shape);
    }

    /// <summary>Looks once at what the measured calls then only count in bytes.</summary>
    /// <exception cref="BenchException">The answers do not hold what was seeded.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var (caller, chatId) = (_callers[0], _chatIds[0][0]);
        var page = await caller.InvokeAsync<MessagePage>(nameof(ChatHub.ListMessages), new ListMessagesRequest(chatId, Limit: PageSize), cancellationToken);
        var list = await caller.InvokeAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(Limit: PageSize), cancellationToken);
        var sync = await caller.InvokeAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(chatId, _shape.MessagesPerChat - 7), cancellationToken);
        if (page.Messages.Count != PageSize || page.Messages[^1].MessageId != _shape.MessagesPerChat
            || list.Chats.Count != HistoryShape.ChatsPerUser || sync.Messages.Count != 7)
            throw new BenchException("The server's answers do not hold what was seeded.");
    }

    public async Task MeasureAsync(HistoryOperation operation, int calls, LatencyHistogram histogram, CancellationToken cancellationToken)
    {
        for (var i = 0; i < calls; i++)
        {
            var user = Random.Shared.Next(_callers.Count);
            var chatId = _chatIds[user][Random.Shared.Next(_chatIds[user].Count)];
            var start = Stopwatch.GetTimestamp();
            await CallAsync(operation, _callers[user], chatId, cancellationToken);
            histogram.Record(start, Stopwatch.GetTimestamp());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers) await caller.DisposeAsync();
    }

    private Task<PayloadLength> CallAsync(HistoryOperation operation, HubCaller caller, long chatId, CancellationToken cancellationToken)
    {
        (string Method, object Request) call = operation switch
        {
            HistoryOperation.LatestPage => (nameof(ChatHub.ListMessages), new ListMessagesRequest(chatId, Limit: PageSize)),
            HistoryOperation.OlderPage => (nameof(ChatHub.ListMessages), new ListMessagesRequest(
                chatId, BeforeMessageId: Random.Shared.Next(PageSize + 1, _shape.MessagesPerChat), Limit: PageSize)),
            HistoryOperation.ChatList => (nameof(ChatHub.ListChats), new ListChatsRequest(Limit: PageSize)),
            HistoryOperation.Sync => (nameof(ChatHub.SyncChat), new SyncChatRequest(
                chatId, _shape.MessagesPerChat - Random.Shared.Next(1, PageSize + 1))),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
        return caller.InvokeAsync<PayloadLength>(call.Method, call.Request, cancellationToken);
    }
}

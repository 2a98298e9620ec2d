using System.Diagnostics;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Workloads.Seeding;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.History;

/// <summary>The connected users of one database, calling one after the other.</summary>
internal sealed class HistoryCalls : IAsyncDisposable
{
    /// <summary>A page before some message is a whole one.</summary>
    public const int LeastMessagesPerChat = 2 * PageSize;

    private const int PageSize = 50;
    private const int PartSize = 25;

    /// <summary>Every fourth chat is written to and not read, or the chats of the small database would grow under the reading.</summary>
    private const int WrittenChat = 4;

    private readonly IReadOnlyList<HubCaller> _callers;
    private readonly IReadOnlyList<IReadOnlyList<long>> _read;
    private readonly IReadOnlyList<IReadOnlyList<long>> _written;
    private readonly ChatShape _shape;
    private readonly Dictionary<(int User, long ChatId), long> _marks = [];

    /// <summary>For each user, where the second half of their list begins.</summary>
    private readonly List<string?> _middles = [];

    private HistoryCalls(IReadOnlyList<HubCaller> callers, IReadOnlyList<IReadOnlyList<long>> chatIds, ChatShape shape)
    {
        (_callers, _shape) = (callers, shape);
        _read = [.. chatIds.Select(ofUser => (IReadOnlyList<long>)[.. ofUser.Where(id => id % WrittenChat != 0)])];
        _written = [.. chatIds.Select(ofUser => (IReadOnlyList<long>)[.. ofUser.Where(id => id % WrittenChat == 0)])];
    }

    /// <summary>Sends that were acknowledged: by which user, in which chat, under which id.</summary>
    public List<(int User, long ChatId, Guid ClientMessageId, long MessageId)> Sent { get; } = [];

    public static async Task<HistoryCalls> ConnectAsync(
        IReadOnlyList<BenchUser> users, IReadOnlyList<IReadOnlyList<long>> chatIds, ChatShape shape, CancellationToken cancellationToken)
    {
        var callers = new List<HubCaller>();
        foreach (var user in users)
            callers.Add(await HubCaller.ConnectAsync(user.Hub, user.AccessToken, events: null, cancellationToken));
        return new HistoryCalls(callers, chatIds, shape);
    }

    /// <summary>Looks once at what the measured calls then only count in bytes.</summary>
    /// <exception cref="BenchException">The answers do not hold what was seeded.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var (caller, chatId) = (_callers[0], _read[0][0]);
        var page = await caller.InvokeAsync<MessagePage>(nameof(ChatHub.ListMessages), new ListMessagesRequest(chatId, Limit: PageSize), cancellationToken);
        var list = await caller.InvokeAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(Limit: PageSize), cancellationToken);
        var sync = await caller.InvokeAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(chatId, _shape.MessagesPerChat - 7), cancellationToken);
        if (page.Messages.Count != PageSize || page.Messages[^1].MessageId != _shape.MessagesPerChat
            || list.Chats.Count != Math.Min(_shape.ChatsPerUser, PageSize) || sync.Messages.Count != 7)
            throw new BenchException("The server's answers do not hold what was seeded.");
    }

    /// <summary>Walks through the first half of everybody's list.</summary>
    public async Task FindMiddlesAsync(CancellationToken cancellationToken)
    {
        foreach (var caller in _callers)
        {
            string? cursor = null;
            for (var seen = 0; seen < _shape.ChatsPerUser / 2; seen += PartSize)
                cursor = (await caller.InvokeAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(cursor, PartSize), cancellationToken)).NextCursor;
            _middles.Add(cursor);
        }
    }

    public async Task MeasureAsync(HistoryOperation operation, int calls, LatencyHistogram histogram, CancellationToken cancellationToken)
    {
        for (var i = 0; i < calls; i++)
        {
            var user = Random.Shared.Next(_callers.Count);
            var start = Stopwatch.GetTimestamp();
            await CallAsync(operation, user, cancellationToken);
            histogram.Record(start, Stopwatch.GetTimestamp());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers) await caller.DisposeAsync();
    }

    private Task CallAsync(HistoryOperation operation, int user, CancellationToken cancellationToken) => operation switch
    {
        HistoryOperation.LatestPage => ReadAsync(user, nameof(ChatHub.ListMessages), new ListMessagesRequest(AnyOf(_read[user]), Limit: PageSize), cancellationToken),
        HistoryOperation.OlderPage => ReadAsync(user, nameof(ChatHub.ListMessages), new ListMessagesRequest(
            AnyOf(_read[user]), BeforeMessageId: Random.Shared.Next(PageSize + 1, _shape.MessagesPerChat), Limit: PageSize), cancellationToken),
        HistoryOperation.ChatList => ReadAsync(user, nameof(ChatHub.ListChats), new ListChatsRequest(Limit: PageSize), cancellationToken),
        HistoryOperation.ChatListMiddle => ReadAsync(user, nameof(ChatHub.ListChats), new ListChatsRequest(_middles[user], PartSize), cancellationToken),
        HistoryOperation.Sync => ReadAsync(user, nameof(ChatHub.SyncChat), new SyncChatRequest(
            AnyOf(_read[user]), _shape.MessagesPerChat - Random.Shared.Next(1, PageSize + 1)), cancellationToken),
        HistoryOperation.Send => SendAsync(user, cancellationToken),
        HistoryOperation.MarkRead => MarkReadAsync(user, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private Task ReadAsync(int user, string method, object request, CancellationToken cancellationToken) =>
        _callers[user].InvokeAsync<PayloadLength>(method, request, cancellationToken);

    private async Task SendAsync(int user, CancellationToken cancellationToken)
    {
        var request = new SendMessageRequest(AnyOf(_written[user]), Guid.NewGuid(), new string('x', 100));
        var result = await _callers[user].InvokeAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request, cancellationToken);
        Sent.Add((user, request.ChatId, request.ClientMessageId, result.MessageId));
    }

    private async Task MarkReadAsync(int user, CancellationToken cancellationToken)
    {
        var chatId = AnyOf(_written[user]);
        // A mark that does not move is no write. There are more unread messages than a run has calls of one person in one chat.
        var upTo = _marks.GetValueOrDefault((user, chatId), _shape.MessagesPerChat - _shape.Unread) + 1;
        if (upTo > _shape.MessagesPerChat) throw new BenchException("There is nothing left to read; take fewer calls or rounds.");
        _marks[(user, chatId)] = upTo;
        var marked = await _callers[user].InvokeAsync<MarkResult>(nameof(ChatHub.MarkRead), new MarkRequest(chatId, upTo), cancellationToken);
        if (marked.ReadUpTo < upTo) throw new BenchException($"Chat {chatId} was marked read up to {upTo}, and the answer was {marked.ReadUpTo}.");
    }

    private static long AnyOf(IReadOnlyList<long> chatIds) => chatIds[Random.Shared.Next(chatIds.Count)];
}

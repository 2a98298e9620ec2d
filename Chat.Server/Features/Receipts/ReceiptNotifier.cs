using Chat.Data.Receipts;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Receipts;

/// <summary>
/// Pushes marks that moved: in direct chats at once, in groups gathered per chat for <see cref="GroupDelay"/>, so that a
/// thousand readers of one message cost a few pushes and not a thousand.
/// </summary>
public sealed class ReceiptNotifier(
    IHubContext<ChatHub, IChatClient> hub, RosterCache rosters, TimeProvider time, ILogger<ReceiptNotifier> logger) : IDisposable
{
    public static readonly TimeSpan GroupDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Dictionary<long, ReceiptView>> _gathered = [];
    private ITimer? _timer;

    public void Advanced(IReadOnlyList<AdvancedReceipt> receipts)
    {
        foreach (var receipt in receipts)
            rosters.UseAsync(receipt.ChatId, roster =>
            {
                var view = new ReceiptView(receipt.UserId, receipt.DeliveredUpTo, receipt.ReadUpTo);
                if (roster is { IsDirect: true }) PushDirect(roster.Members.Keys, receipt.ChatId, view);
                else Gather(receipt.ChatId, view);
                return Task.FromResult(true);
            }).Forget(logger);
    }

    public void Dispose() => _timer?.Dispose();

    private void PushDirect(IEnumerable<long> userIds, long chatId, ReceiptView receipt)
    {
        var advanced = new ReceiptsAdvancedEvent(chatId, [receipt]);
        foreach (var userId in userIds)
            hub.Clients.Group(GroupNames.User(userId)).ReceiptsAdvanced(advanced).Forget(logger);
    }

    private void Gather(long chatId, ReceiptView receipt)
    {
        lock (_gate)
        {
            if (!_gathered.TryGetValue(chatId, out var ofChat)) _gathered.Add(chatId, ofChat = []);
            // The marks of one participant come in commit order from one lane: the later is the higher.
            ofChat[receipt.UserId] = receipt;
            _timer ??= time.CreateTimer(_ => Flush(), null, GroupDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private void Flush()
    {
        List<ReceiptsAdvancedEvent> events;
        lock (_gate)
        {
            events = [.. _gathered.Select(g => new ReceiptsAdvancedEvent(g.Key, [.. g.Value.Values]))];
            _gathered.Clear();
            _timer?.Dispose();
            _timer = null;
        }
        foreach (var advanced in events)
            hub.Clients.Group(GroupNames.Chat(advanced.ChatId)).ReceiptsAdvanced(advanced).Forget(logger);
    }
}

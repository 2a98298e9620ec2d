using Chat.Data.Chats;
using Chat.Data.Receipts;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Receipts;

/// <summary>
/// Pushes marks that moved: in direct chats at once, in groups gathered per chat for <see cref="GroupDelay"/>, so that a
/// thousand readers of one message cost a few pushes and not a thousand; in channels to the reader's own devices alone.
/// </summary>
public sealed class ReceiptNotifier(
    IEventPushes pushes, RosterCache rosters, ReadMarkPrivacy privacy, TimeProvider time, ILogger<ReceiptNotifier> logger) : IDisposable
{
    public static readonly TimeSpan GroupDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Dictionary<long, ReceiptView>> _gathered = [];
    private ITimer? _timer;

    public void Advanced(IReadOnlyList<AdvancedReceipt> receipts)
    {
        var direct = new Dictionary<long, (Roster Roster, List<AdvancedReceipt> Receipts)>();
        foreach (var receipt in receipts)
        {
            if (rosters.Known(receipt.ChatId) is not { } roster) AdvancedLater(receipt);
            else if (roster.IsChannel) PushOwn(receipt);
            else if (!roster.IsDirect) Gather(receipt.ChatId, ViewOf(receipt));
            else if (direct.TryGetValue(receipt.ChatId, out var both)) both.Receipts.Add(receipt);
            else direct.Add(receipt.ChatId, (roster, [receipt]));
        }
        foreach (var (roster, ofChat) in direct.Values) PushDirect(roster, ofChat);
    }

    public void Dispose() => _timer?.Dispose();

    private static ReceiptView ViewOf(AdvancedReceipt receipt) => new(receipt.UserId, receipt.DeliveredUpTo, receipt.ReadUpTo);

    private void AdvancedLater(AdvancedReceipt receipt) =>
        rosters.UseAsync(receipt.ChatId, roster =>
        {
            if (roster is { IsDirect: true }) PushDirect(roster, [receipt]);
            else if (roster is { IsChannel: true }) PushOwn(receipt);
            else Gather(receipt.ChatId, ViewOf(receipt));
            return Task.FromResult(true);
        }).Forget(logger);

    private void PushDirect(Roster roster, List<AdvancedReceipt> receipts)
    {
        var shared = privacy.AreSharedAsync(roster, CancellationToken.None);
        if (shared.IsCompletedSuccessfully) PushDirect(roster, receipts, shared.Result);
        else PushDirectLaterAsync(roster, receipts, shared.AsTask()).Forget(logger);
    }

    private async Task PushDirectLaterAsync(Roster roster, List<AdvancedReceipt> receipts, Task<bool> shared) =>
        PushDirect(roster, receipts, await shared);

    private void PushDirect(Roster roster, List<AdvancedReceipt> receipts, bool shared)
    {
        if (!shared || roster.IsBlocked)
        {
            foreach (var receipt in receipts) PushApart(roster, receipt);
            return;
        }
        var advanced = new ReceiptsAdvancedEvent(roster.ChatId, [.. receipts.Select(ViewOf)]);
        // Who marked has the call's result; when both did, each wants to hear of the other.
        var except = receipts.Count == 1 ? receipts[0].Origin : null;
        pushes.Push([.. roster.Members.Keys.Select(GroupNames.User)], [PushedEvent.ReceiptsAdvanced(advanced, except)]);
    }

    /// <summary>Own devices hear all; the other person nothing of what was read, and under a block nothing at all.</summary>
    private void PushApart(Roster roster, AdvancedReceipt receipt)
    {
        PushOwn(receipt);
        if (roster.IsBlocked) return;
        var others = new ReceiptsAdvancedEvent(roster.ChatId, [ViewOf(receipt) with { ReadUpTo = 0 }]);
        pushes.Push(
            [.. roster.Members.Keys.Where(id => id != receipt.UserId).Select(GroupNames.User)], [PushedEvent.ReceiptsAdvanced(others, except: null)]);
    }

    private void PushOwn(AdvancedReceipt receipt)
    {
        var own = new ReceiptsAdvancedEvent(receipt.ChatId, [ViewOf(receipt)]);
        pushes.Push([GroupNames.User(receipt.UserId)], [PushedEvent.ReceiptsAdvanced(own, receipt.Origin)]);
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
            pushes.Push([GroupNames.Chat(advanced.ChatId)], [PushedEvent.ReceiptsAdvanced(advanced, except: null)]);
    }
}

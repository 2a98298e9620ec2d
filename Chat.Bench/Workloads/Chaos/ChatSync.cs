using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>Keeps the client's copies of its chats up to date by the rules of docs/protocol.md: pushes, holes, syncs.</summary>
internal sealed class ChatSync(ClientLink link, long userId, IReadOnlyList<long> chatIds, MarkTrail trail, Action<long, long> advanced)
{
    private readonly Dictionary<long, SyncedChat> _chats = chatIds.ToDictionary(id => id, id => new SyncedChat(new ChatReplica(id)));

    public IReadOnlyList<ClientView> Views
    {
        get
        {
            lock (link.Gate) return [.. _chats.Values.Select(chat => chat.Replica.ToView())];
        }
    }

    /// <summary>A push, or the result of a send of one's own.</summary>
    public void Apply(long chatId, SeenMessage message)
    {
        lock (link.Gate)
        {
            if (!_chats.TryGetValue(chatId, out var chat)) return;
            var before = chat.Replica.UpTo;
            link.Found(chat.Replica.Apply(message));
            if (chat.Replica.UpTo > before) advanced(chatId, chat.Replica.UpTo);
            if (!chat.Replica.HasGap || chat.AwaitsGap) return;
            chat.AwaitsGap = true;
            _ = FillGapAsync(chat);
        }
    }

    /// <summary>The server says that pushes may have been lost.</summary>
    public void Resync(long? chatId)
    {
        foreach (var chat in _chats.Values)
            if (chatId is null || chat.Replica.ChatId == chatId)
                Request(chat);
    }

    /// <summary>After a connection was made: asks for the heads, and syncs what lags behind.</summary>
    public async Task CatchUpAsync(HubCaller caller)
    {
        string? cursor = null;
        do
        {
            Dictionary<long, (MarkTrail.Question Own, MarkTrail.Question Others)> questions;
            lock (link.Gate) questions = chatIds.ToDictionary(id => id, id => (trail.Ask(id, userId), trail.Ask(id, SeenMarks.TheOthers)));
            ChatPage page;
            try
            {
                page = await caller.InvokeAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(cursor, 100), CancellationToken.None);
            }
            catch (HubCallException error)
            {
                link.CountError(error, nameof(ChatHub.ListChats));
                await link.RetryDelayAsync();
                continue;
            }
            foreach (var head in page.Chats)
            {
                if (!questions.TryGetValue(head.ChatId, out var asked)) continue;
                lock (link.Gate) Learn(asked.Own, asked.Others, head.Watermarks);
                if (head.LastMessageId > UpToOf(head.ChatId)) Request(_chats[head.ChatId]);
            }
            cursor = page.NextCursor;
            if (cursor is null) return;
        }
        while (!link.Stopping.IsCancellationRequested);
    }

    /// <summary>Syncs a chat to its end, repeating what fails.</summary>
    /// <exception cref="HubClosedException">The connection ended.</exception>
    public async Task ConvergeAsync(HubCaller caller, CancellationToken cancellationToken)
    {
        foreach (var chat in _chats.Values)
        {
            var hasMore = true;
            while (hasMore)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hasMore = await SyncOnceAsync(caller, chat);
            }
        }
    }

    private async Task FillGapAsync(SyncedChat chat)
    {
        await link.DelayAsync(link.Options.GapDelay);
        bool open;
        lock (link.Gate)
        {
            chat.AwaitsGap = false;
            open = chat.Replica.HasGap;
        }
        if (open) Request(chat);
    }

    private void Request(SyncedChat chat)
    {
        lock (link.Gate)
        {
            chat.IsWanted = true;
            if (chat.IsSyncing) return;
            chat.IsSyncing = true;
        }
        _ = SyncAsync(chat);
    }

    private async Task SyncAsync(SyncedChat chat)
    {
        while (true)
        {
            HubCaller caller;
            lock (link.Gate)
            {
                // Without a connection there is nothing to do: the next one begins with catching up.
                if (!chat.IsWanted || link.Caller is not { } present || link.Stopping.IsCancellationRequested)
                {
                    chat.IsSyncing = false;
                    return;
                }
                chat.IsWanted = false;
                caller = present;
            }
            try
            {
                while (await SyncOnceAsync(caller, chat))
                {
                }
            }
            catch (HubClosedException)
            {
            }
        }
    }

    /// <returns>Whether to ask again: there is more, or the call was refused.</returns>
    private async Task<bool> SyncOnceAsync(HubCaller caller, SyncedChat chat)
    {
        var replica = chat.Replica;
        long after;
        MarkTrail.Question own, others;
        lock (link.Gate) (after, own, others) = (replica.UpTo, trail.Ask(replica.ChatId, userId), trail.Ask(replica.ChatId, SeenMarks.TheOthers));
        link.Counters.CountSync();
        try
        {
            var result = await caller.InvokeAsync<SyncChatResult>(
                nameof(ChatHub.SyncChat), new SyncChatRequest(replica.ChatId, after), CancellationToken.None);
            if (result.TooLong) return await ReadOnAsync(caller, replica, after);
            lock (link.Gate)
            {
                foreach (var contradiction in replica.ApplyAnswer(result.Messages.Select(ToSeen), result.UpToMessageId)) link.Found(contradiction);
                Learn(own, others, result.Watermarks);
                if (replica.UpTo > after) advanced(replica.ChatId, replica.UpTo);
            }
            return result.HasMore;
        }
        catch (HubCallException error)
        {
            link.CountError(error, nameof(ChatHub.SyncChat));
            await link.RetryDelayAsync();
            return !link.Stopping.IsCancellationRequested;
        }
    }

    /// <summary>The gap is larger than the server replays. This client wants all of it, to compare, so it pages through.</summary>
    private async Task<bool> ReadOnAsync(HubCaller caller, ChatReplica replica, long after)
    {
        var page = await caller.InvokeAsync<MessagePage>(
            nameof(ChatHub.ListMessages),
            new ListMessagesRequest(replica.ChatId, AfterMessageId: after, Limit: Limits.PageSize), CancellationToken.None);
        lock (link.Gate)
            foreach (var contradiction in replica.ApplyAnswer(page.Messages.Select(ToSeen), page.Messages[^1].MessageId))
                link.Found(contradiction);
        return true;
    }

    private void Learn(MarkTrail.Question own, MarkTrail.Question others, WatermarksView marks)
    {
        link.Found(trail.Answered(own, marks.DeliveredUpTo, marks.ReadUpTo));
        link.Found(trail.Answered(others, marks.OthersDeliveredUpTo, marks.OthersReadUpTo));
    }

    private long UpToOf(long chatId)
    {
        lock (link.Gate) return _chats[chatId].Replica.UpTo;
    }

    private static SeenMessage ToSeen(MessageView message) =>
        new(message.MessageId, message.SenderId, message.ClientMessageId ?? Guid.Empty);

    private sealed class SyncedChat(ChatReplica replica)
    {
        public ChatReplica Replica => replica;
        public bool IsWanted { get; set; }
        public bool IsSyncing { get; set; }
        public bool AwaitsGap { get; set; }
    }
}

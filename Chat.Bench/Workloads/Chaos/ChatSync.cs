using Chat.Bench.Checker;
using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>Keeps the client's copies of its chats up to date by the rules of docs/protocol.md: pushes, holes, syncs.</summary>
internal sealed class ChatSync(ClientLink link, long userId, IReadOnlyList<long> chatIds, MarkTrail trail, Action<long, long> advanced)
{
    private readonly Dictionary<long, SyncedChat> _chats = chatIds.ToDictionary(id => id, id => new SyncedChat(new ChatReplica(id)));
    private readonly SyncCalls _calls = new(link, userId, trail, advanced);

    public IReadOnlyList<ClientView> Views
    {
        get
        {
            lock (link.Gate) return [.. _chats.Values.Select(chat => chat.Replica.ToView())];
        }
    }

    /// <summary>How often the client was told of a message.</summary>
    public long Told
    {
        get
        {
            lock (link.Gate) return _chats.Values.Sum(chat => chat.Replica.Told);
        }
    }

    public bool HasAll(IReadOnlyDictionary<long, long> heads)
    {
        lock (link.Gate) return _chats.Values.All(chat => !chat.Replica.HasGap && chat.Replica.UpTo >= heads[chat.Replica.ChatId]);
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
        foreach (var (chatId, lastMessageId) in await _calls.ListHeadsAsync(caller, chatIds))
            if (_chats.TryGetValue(chatId, out var chat) && lastMessageId > UpToOf(chat))
                Request(chat);
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
                hasMore = await _calls.SyncAsync(caller, chat.Replica);
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
                while (await _calls.SyncAsync(caller, chat.Replica))
                {
                }
            }
            catch (HubClosedException)
            {
            }
        }
    }

    private long UpToOf(SyncedChat chat)
    {
        lock (link.Gate) return chat.Replica.UpTo;
    }

    private sealed class SyncedChat(ChatReplica replica)
    {
        public ChatReplica Replica => replica;
        public bool IsWanted { get; set; }
        public bool IsSyncing { get; set; }
        public bool AwaitsGap { get; set; }
    }
}

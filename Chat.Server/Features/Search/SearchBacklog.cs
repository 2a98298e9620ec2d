using System.Collections.Concurrent;
using Chat.Data.Messages;

namespace Chat.Server.Features.Search;

/// <summary>
/// Chats in which this node committed something since they were indexed. Fed on the message path, so it does no more than note the chat.
/// It may be lost with the node, and refuses what it cannot hold: the indexer's sweep finds those chats.
/// </summary>
public sealed class SearchBacklog(int capacity = SearchBacklog.Capacity)
{
    /// <summary>Chats that can wait: some megabytes.</summary>
    public const int Capacity = 100_000;

    private readonly ConcurrentDictionary<long, byte> _chats = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(IReadOnlyList<StoredMessage> messages)
    {
        foreach (var message in messages) Add(message.Row.ChatId);
    }

    public void Add(IReadOnlyList<MessageChange> changes)
    {
        foreach (var change in changes) Add(change.ChatId);
    }

    public void Add(long chatId)
    {
        if (_chats.ContainsKey(chatId) || Count >= capacity) return;
        if (_chats.TryAdd(chatId, 0)) Interlocked.Increment(ref _count);
    }

    /// <summary>Takes up to so many out.</summary>
    public IReadOnlyList<long> Take(int limit)
    {
        var taken = new List<long>();
        foreach (var (chatId, _) in _chats)
        {
            if (taken.Count == limit) break;
            if (!_chats.TryRemove(chatId, out _)) continue;
            Interlocked.Decrement(ref _count);
            taken.Add(chatId);
        }
        return taken;
    }
}

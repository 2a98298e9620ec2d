using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>The calls by which a client finds out what it lacks. Each answer's watermarks are held against what the client knew.</summary>
/// <param name="advanced">Told, under the gate, up to where the client now has a chat.</param>
internal sealed class SyncCalls(ClientLink link, long userId, MarkTrail trail, Action<long, long> advanced)
{
    /// <returns>The last id of each chat in the user's list.</returns>
    /// <exception cref="HubClosedException">The connection ended.</exception>
    public async Task<IReadOnlyList<(long ChatId, long LastMessageId)>> ListHeadsAsync(HubCaller caller, IReadOnlyList<long> chatIds)
    {
        var heads = new List<(long, long)>();
        string? cursor = null;
        do
        {
            Dictionary<long, Questions> questions;
            lock (link.Gate) questions = chatIds.ToDictionary(id => id, Ask);
            try
            {
                var page = await caller.InvokeAsync<ChatPage>(
                    nameof(ChatHub.ListChats), new ListChatsRequest(cursor, Limits.PageSize), CancellationToken.None);
                foreach (var head in page.Chats)
                {
                    heads.Add((head.ChatId, head.LastMessageId));
                    if (questions.TryGetValue(head.ChatId, out var asked))
                        lock (link.Gate) Learn(asked, head.Watermarks);
                }
                cursor = page.NextCursor;
                if (cursor is null) return heads;
            }
            catch (HubCallException error)
            {
                link.CountError(error, nameof(ChatHub.ListChats));
                await link.RetryDelayAsync();
            }
        }
        while (!link.Stopping.IsCancellationRequested);
        return heads;
    }

    /// <returns>Whether to ask again: there is more, or the call was refused.</returns>
    /// <exception cref="HubClosedException">The connection ended.</exception>
    public async Task<bool> SyncAsync(HubCaller caller, ChatReplica replica)
    {
        long after;
        Questions asked;
        lock (link.Gate) (after, asked) = (replica.UpTo, Ask(replica.ChatId));
        link.Counters.CountSync();
        try
        {
            var result = await caller.InvokeAsync<SyncChatResult>(
                nameof(ChatHub.SyncChat), new SyncChatRequest(replica.ChatId, after), CancellationToken.None);
            if (result.TooLong) return await ReadOnAsync(caller, replica, after);
            lock (link.Gate)
            {
                Apply(replica, result.Messages, result.UpToMessageId);
                Learn(asked, result.Watermarks);
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
        lock (link.Gate) Apply(replica, page.Messages, page.Messages[^1].MessageId);
        return true;
    }

    private void Apply(ChatReplica replica, IReadOnlyList<MessageView> messages, long upTo)
    {
        var before = replica.UpTo;
        foreach (var contradiction in replica.ApplyAnswer(messages.Select(ToSeen), upTo)) link.Found(contradiction);
        if (replica.UpTo > before) advanced(replica.ChatId, replica.UpTo);
    }

    private Questions Ask(long chatId) => new(trail.Ask(chatId, userId), trail.Ask(chatId, SeenMarks.TheOthers));

    private void Learn(Questions asked, WatermarksView marks)
    {
        link.Found(trail.Answered(asked.Own, marks.DeliveredUpTo, marks.ReadUpTo));
        link.Found(trail.Answered(asked.Others, marks.OthersDeliveredUpTo, marks.OthersReadUpTo));
    }

    private static SeenMessage ToSeen(MessageView message) =>
        new(message.MessageId, message.SenderId, message.ClientMessageId ?? Guid.Empty);

    private readonly record struct Questions(MarkTrail.Question Own, MarkTrail.Question Others);
}

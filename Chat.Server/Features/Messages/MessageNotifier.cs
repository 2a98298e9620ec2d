using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Polls;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Messages;

/// <summary>Pushes what the append lanes committed, in their order, and waits for nobody. What a batch brings to one chat is pushed together.</summary>
public sealed class MessageNotifier(
    IEventPushes pushes,
    IHubContext<ChatHub, IChatClient> hub,
    RosterCache rosters,
    ChatMembership membership,
    ILogger<MessageNotifier> logger) : IAppendObserver
{
    public void Committed(IReadOnlyList<StoredMessage> messages)
    {
        if (messages is [var single])
        {
            pushes.Push(Audience(single), [Posted(single)]);
            return;
        }
        var chats = new Dictionary<(long ChatId, bool Withheld), (IReadOnlyList<string> Audience, List<PushedEvent> Events)>();
        foreach (var message in messages)
        {
            var key = (message.Row.ChatId, WithheldMessages.IsMarked(message.Row.Body));
            if (!chats.TryGetValue(key, out var chat)) chats.Add(key, chat = (Audience(message), []));
            chat.Events.Add(Posted(message));
        }
        foreach (var (audience, events) in chats.Values) pushes.Push(audience, events);
    }

    public void Changed(IReadOnlyList<MessageChange> changes)
    {
        foreach (var change in changes)
        {
            var (audience, chatId, changeId) = (change.Audience, change.ChatId, change.ChangeId);
            var changed = EventOf(change);
            // Where nobody is told who it was, the actor's own devices hear the rest after what everybody hears.
            var told = PushedEvent.MessageChanged(change.UntoldActorId is null ? changed : changed with { Emoji = null, Votes = null });
            if (audience.UserIds.Count == 0) pushes.Push([GroupNames.Chat(chatId)], [told]);
            else pushes.Push([.. audience.UserIds.Except(audience.Unseeing).Select(GroupNames.User)], [told]);
            if (audience.Unseeing.Count > 0)
                pushes.Push(
                    [.. audience.Unseeing.Select(GroupNames.User)],
                    [PushedEvent.MessageChanged(new MessageChangedEvent(chatId, changeId, Kind: null, ActorId: null, Message: null))]);
            if (change.UntoldActorId is { } actorId)
                pushes.Push([GroupNames.User(actorId)], [PushedEvent.MessageChanged(changed with { ActorId = actorId })]);
        }
    }

    /// <summary>Nobody makes a message expire, and of an anonymous vote nobody is told whose it is.</summary>
    private static MessageChangedEvent EventOf(MessageChange change) => new(
        change.ChatId, change.ChangeId, change.Kind, change.Kind == ChangeKinds.Expired || change.Part.IsAnonymous ? null : change.ActorId,
        change.Row.ToView(), change.Part.Emoji, change.Part.Votes is { } votes ? PollChoices.ToList(votes) : null, change.HideId);

    public void OutcomeUnknown(IReadOnlyCollection<long> chatIds)
    {
        foreach (var chatId in chatIds)
            rosters.UseAsync(chatId, roster =>
            {
                var resync = new ResyncRequiredEvent(chatId, "a commit may have been cut off");
                return roster is null ? Task.FromResult(false) : PushResync(roster.IsDirect ? roster.Members.Keys : [], chatId, resync);
            }).Forget(logger);
    }

    public Task MembersChangedAsync(long chatId, IReadOnlyList<long> userIds) => membership.RefreshAsync(chatId, userIds);

    public Task RosterChangedAsync(long chatId) => membership.CompareAsync(chatId);

    private static IReadOnlyList<string> Audience(StoredMessage message) =>
        WithheldMessages.IsMarked(message.Row.Body) ? [GroupNames.User(message.Row.SenderId)]
            : message.People.Count > 0 ? [.. message.People.Select(GroupNames.User)]
            : message.Roster is { IsDirect: true } roster ? [.. roster.Members.Keys.Select(GroupNames.User)]
            : [GroupNames.Chat(message.Row.ChatId)];

    /// <summary>The sending connection gets the call's result; the sender's other devices get the push.</summary>
    private static PushedEvent Posted(StoredMessage message) => PushedEvent.MessagePosted(message.Row.ToView(), message.Origin);

    private async Task<bool> PushResync(IEnumerable<long> userIds, long chatId, ResyncRequiredEvent resync)
    {
        await hub.Clients.Groups([GroupNames.Chat(chatId), .. userIds.Select(GroupNames.User)]).ResyncRequired(resync);
        return true;
    }
}

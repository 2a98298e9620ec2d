using Chat.Data.Messages;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Messages;

/// <summary>Pushes what the append lanes committed, in their order, and waits for nobody.</summary>
public sealed class MessageNotifier(
    IHubContext<ChatHub, IChatClient> hub,
    RosterCache rosters,
    ChatMembership membership,
    ILogger<MessageNotifier> logger) : IAppendObserver
{
    public void Committed(IReadOnlyList<StoredMessage> messages)
    {
        foreach (var message in messages) Push(message);
    }

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

    public void RosterChanged(long chatId) => rosters.Invalidate(chatId);

    private void Push(StoredMessage message)
    {
        var view = message.Row.ToView();
        if (message.Roster is not { IsDirect: true } roster)
        {
            Others(GroupNames.Chat(view.ChatId), message.Origin).MessagePosted(view).Forget(logger);
            return;
        }
        foreach (var userId in roster.Members.Keys)
        {
            // The sender's other devices; the sending one gets the call's result.
            var origin = userId == view.SenderId ? message.Origin : null;
            Others(GroupNames.User(userId), origin).MessagePosted(view).Forget(logger);
        }
    }

    private async Task<bool> PushResync(IEnumerable<long> userIds, long chatId, ResyncRequiredEvent resync)
    {
        await hub.Clients.Groups([GroupNames.Chat(chatId), .. userIds.Select(GroupNames.User)]).ResyncRequired(resync);
        return true;
    }

    private IChatClient Others(string group, string? origin) =>
        origin is null ? hub.Clients.Group(group) : hub.Clients.GroupExcept(group, [origin]);
}

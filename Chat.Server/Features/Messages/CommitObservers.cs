using Chat.Data.Messages;
using Chat.Server.Features.Notifications;
using Chat.Server.Features.Search;

namespace Chat.Server.Features.Messages;

/// <summary>
/// Hears what the append lanes committed: the push first, since somebody waits for it; then those who only note it for later.
/// None of them may wait or throw, for they run on the message path.
/// </summary>
public sealed class CommitObservers(MessageNotifier notifier, SearchBacklog search, NotificationBacklog notifications) : IAppendObserver
{
    public void Committed(IReadOnlyList<StoredMessage> messages)
    {
        notifier.Committed(messages);
        search.Add(messages);
        notifications.Add(messages);
    }

    public void Changed(IReadOnlyList<MessageChange> changes)
    {
        notifier.Changed(changes);
        search.Add(changes);
    }

    public void OutcomeUnknown(IReadOnlyCollection<long> chatIds)
    {
        notifier.OutcomeUnknown(chatIds);
        foreach (var chatId in chatIds) search.Add(chatId);
    }

    public Task MembersChangedAsync(long chatId, IReadOnlyList<long> userIds) => notifier.MembersChangedAsync(chatId, userIds);

    public Task RosterChangedAsync(long chatId) => notifier.RosterChangedAsync(chatId);
}

namespace Chat.Data.Notifications;

/// <summary>Notifications. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.</summary>
public interface INotificationStore
{
    /// <summary>
    /// Who is to be told of new messages: those in the chat who have not read them by now, see them, did not write them, have not muted the
    /// chat, want to hear of its kind, and do not block who wrote the last one. Channels tell nobody.
    /// </summary>
    Task<IReadOnlyList<Notification>> FindReadersAsync(IReadOnlyList<MessageSpan> spans, DateTime now, CancellationToken cancellationToken);

    /// <summary>
    /// Who is named in new messages, by the same rules; but a muted chat does not keep it from those who want to hear of mentions.
    /// </summary>
    Task<IReadOnlyList<Notification>> FindMentionedAsync(IReadOnlyList<MessageSpan> spans, DateTime now, CancellationToken cancellationToken);

    /// <summary>Those of the people who want to hear of invitations and requests, are in the chat, and do not block who it is from.</summary>
    Task<IReadOnlyList<Notification>> FindInvitedAsync(IReadOnlyList<ChatNews> news, DateTime now, CancellationToken cancellationToken);

    /// <summary>Stores notifications; one that was there already is raised again.</summary>
    Task RaiseAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken);

    /// <summary>What the user has neither read nor marked, newest first.</summary>
    Task<IReadOnlyList<UnreadNotificationRow>> ListUnreadAsync(
        long userId, NotificationPosition? before, int limit, CancellationToken cancellationToken);

    /// <param name="chatIds">Null for all.</param>
    /// <returns>How many were marked.</returns>
    Task<int> MarkReadAsync(long userId, IReadOnlyList<long>? chatIds, DateTime now, CancellationToken cancellationToken);

    /// <returns>How many were deleted, at most <paramref name="limit"/>.</returns>
    Task<int> DeleteRaisedBeforeAsync(DateTime time, int limit, CancellationToken cancellationToken);
}

namespace Chat.Data.Chats;

/// <summary>Where a page of the chat list ends: the last chat on it.</summary>
public sealed record ChatListPosition(DateTime LastActivityAt, long ChatId);

/// <summary>Reads chat heads.</summary>
public interface IChatHeadReader
{
    /// <returns>Null when the chat does not exist or the user is not in it.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<ChatHeadRow?> FindAsync(long chatId, long userId, CancellationToken cancellationToken);

    /// <summary>A page of a user's chats, by last activity, newest first. Direct chats without a message are left out.</summary>
    /// <param name="after">Null for the first page.</param>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ChatHeadRow>> ListAsync(long userId, ChatListPosition? after, int limit, CancellationToken cancellationToken);
}

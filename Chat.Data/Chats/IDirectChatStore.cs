namespace Chat.Data.Chats;

/// <summary>Finds or makes the one direct chat of two people.</summary>
public interface IDirectChatStore
{
    /// <summary>Race-safe: two people opening the same chat at once get the same one.</summary>
    /// <param name="otherUserId">Oneself for the chat that nobody else is in.</param>
    /// <returns>The chat's id, or null when the other user does not exist.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<long?> OpenAsync(long userId, long otherUserId, DateTime now, CancellationToken cancellationToken);
}

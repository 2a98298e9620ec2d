namespace Chat.Data.Search;

/// <summary>
/// Finds messages for one person. What comes back is what that person may see now: hidden and deleted messages are left out on the
/// primary, whenever they were indexed and whatever a replica says.
/// </summary>
public interface ISearchReader
{
    /// <summary>The newest hits below an id in one chat.</summary>
    /// <returns>Null when the chat does not exist or the user is not in it.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<SearchPage?> FindInChatAsync(
        long userId, long chatId, SearchQuery query, long beforeMessageId, int limit, CancellationToken cancellationToken);

    /// <summary>The newest hits in all chats of the user; of more than <see cref="SearchRepository.MaxChats"/>, in those with the latest messages.</summary>
    /// <param name="before">The end of the page before; null for the first page.</param>
    /// <exception cref="DataUnavailableException"/>
    Task<SearchPage> FindAsync(long userId, SearchQuery query, SearchPosition? before, int limit, CancellationToken cancellationToken);
}

namespace Chat.Data.Search;

/// <summary>
/// Finds chats and people by their names, without an index: among one's own chats, and the people whom one knows, which are few. Case and
/// accents do not count. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public interface INameSearch
{
    /// <summary>The user's chats with this text in their title or in the other person's name; those with the latest messages first.</summary>
    Task<IReadOnlyList<FoundChatRow>> FindChatsAsync(long userId, string text, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// People with this text in their name among the user's contacts and those in chats with the user; of all others, who has exactly this
    /// username. Contacts first, then by name.
    /// </summary>
    Task<IReadOnlyList<FoundPersonRow>> FindPeopleAsync(long userId, string text, int limit, CancellationToken cancellationToken);
}

namespace Chat.Data.Chats;

/// <summary>Reads who is in a chat.</summary>
public interface IRosterReader
{
    /// <returns>Null when the chat does not exist.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken);

    /// <summary>The group chats that a user is in now: what a new connection subscribes to.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken);

    /// <summary>The same for many users in one statement: some hundreds at a time.</summary>
    /// <returns>Group chats by user; a user without any is not in it.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken);
}

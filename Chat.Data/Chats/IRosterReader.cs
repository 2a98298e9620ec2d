namespace Chat.Data.Chats;

/// <summary>Reads who is in a chat.</summary>
public interface IRosterReader
{
    /// <returns>Null when the chat does not exist.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken);

    /// <summary>The groups and channels that a user is in now: what a new connection subscribes to.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken);

    /// <summary>The same for many users in one statement: some hundreds at a time.</summary>
    /// <returns>Groups and channels by user; a user without any is not in it.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken);

    /// <summary>Those of the users who are in the chat: some hundreds at a time. For channels, whose readers no roster holds.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<long>> ListPresentAsync(long chatId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken);
}

using Chat.Data.Accounts;

namespace Chat.Data.Blocks;

/// <summary>How a block ended.</summary>
public enum BlockOutcome
{
    Done,

    /// <summary>It was so already.</summary>
    Unchanged,

    UserNotFound,

    /// <summary>The limit of blocked people is reached.</summary>
    TooMany,
}

/// <param name="DirectChatId">The chat of the two, if there is one: its roster says who blocks whom.</param>
public sealed record BlockChange(BlockOutcome Outcome, long? DirectChatId);

/// <summary>Who does not want to hear of whom: table <c>blocks</c>.</summary>
public interface IBlockStore
{
    /// <summary>
    /// From its commit on the direct chat of the two has a new roster version, so that every send is stored under the block, whatever a node
    /// still believed.
    /// </summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<BlockChange> BlockAsync(long userId, long blockedUserId, int maxBlocked, DateTime now, CancellationToken cancellationToken);

    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<BlockChange> UnblockAsync(long userId, long blockedUserId, CancellationToken cancellationToken);

    /// <summary>Whom a person blocks, ascending by id.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<UserRow>> ListAsync(long userId, long afterUserId, int limit, CancellationToken cancellationToken);
}

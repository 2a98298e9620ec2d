using Chat.Data.Messages;

namespace Chat.Data.Groups;

/// <summary>Changes groups. The contract stands at <see cref="GroupRepository"/>.</summary>
public interface IGroupStore
{
    /// <summary>Makes a group with its owner and members, and the system message that begins it.</summary>
    /// <param name="creationKey">The owner's name for it: a repeat finds the group made first, and reports <see cref="GroupOutcome.Unchanged"/>.</param>
    /// <param name="memberIds">Distinct, without the owner.</param>
    /// <returns>The change, and the system message (null when nothing was made).</returns>
    /// <exception cref="DataUnavailableException">Whether it was made is unknown; a repeat tells.</exception>
    Task<(GroupChange Change, MessageRow? Message)> CreateAsync(
        long ownerId, Guid creationKey, string title, string? description, IReadOnlyList<long> memberIds, CancellationToken cancellationToken);

    /// <summary>Adds members; those who are there already are passed over.</summary>
    /// <param name="userIds">Distinct.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> AddMembersAsync(long chatId, long actorId, IReadOnlyList<long> userIds, int maxMembers);

    /// <summary>Removes a member. The owner leaves instead.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> RemoveMemberAsync(long chatId, long actorId, long userId);

    /// <summary>Leaves. When the owner leaves, the admin who has been there longest takes over, or where there is none, the member.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat answers <see cref="GroupOutcome.NotFound"/> then.</exception>
    Task<GroupChange> LeaveAsync(long chatId, long userId);

    /// <summary>Changes title and description.</summary>
    /// <param name="title">Null keeps it.</param>
    /// <param name="description">Null keeps it, an empty one takes it away.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> UpdateInfoAsync(long chatId, long actorId, string? title, string? description);

    /// <summary>Says how long a member must wait between two messages; 0 for no slow mode.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> SetSlowModeAsync(long chatId, long actorId, int seconds);
}

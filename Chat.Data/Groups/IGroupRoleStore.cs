using Chat.Data.Permissions;

namespace Chat.Data.Groups;

/// <summary>Changes who may do what in a group. The contract stands at <see cref="GroupRoleRepository"/>.</summary>
public interface IGroupRoleStore
{
    /// <summary>Makes a member an admin, with what an admin may do, as far as the actor may do it.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> PromoteAsync(long chatId, long actorId, long userId);

    /// <summary>Makes an admin a member.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> DemoteAsync(long chatId, long actorId, long userId);

    /// <summary>Makes a member the owner; the owner until now becomes an admin.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat answers <see cref="GroupOutcome.Forbidden"/> then.</exception>
    Task<GroupChange> TransferAsync(long chatId, long actorId, long userId);

    /// <summary>Says what one member may do.</summary>
    /// <param name="permissions">Null for what the role gives.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> SetPermissionsAsync(long chatId, long actorId, long userId, ChatPermissions? permissions);

    /// <summary>Says what members may do for whom nothing else is set.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> SetDefaultsAsync(long chatId, long actorId, ChatPermissions permissions);

    /// <summary>Forbids a member to send for a time; zero lifts it.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> MuteAsync(long chatId, long actorId, long userId, TimeSpan duration);
}

namespace Chat.Server.Features.Presence;

/// <summary>A connection that keeps its user online.</summary>
public readonly record struct PresenceLease(long UserId, string ConnectionId);

/// <summary>The end of a user's presence.</summary>
/// <param name="At">When the last lease ran out, UTC, by the store's clock: the same for all nodes, however wrong their own are.</param>
/// <param name="Revision">See <see cref="PresentUsers"/>.</param>
public readonly record struct PresenceEnd(long UserId, DateTime At, long Revision);

/// <param name="Revision">
/// When the store said so, in microseconds by its own clock: of two statements about a user, of whichever nodes, the one with the higher
/// revision is the later one, in whatever order they arrive.
/// </param>
public sealed record PresentUsers(IReadOnlyList<long> UserIds, long Revision);

/// <summary>Presence cannot be read or kept now; a repeat may succeed.</summary>
public sealed class PresenceUnavailableException(Exception? inner) : Exception("Presence cannot be reached.", inner);

/// <summary>
/// Who is online, as leases that expire: nobody stays online after their node died.
/// <para>
/// Contract: a user is online while at least one lease lives. <see cref="TouchAsync"/> takes or renews leases for
/// <see cref="PresenceOptions.LeaseTime"/>; <see cref="EndAsync"/> lets one run out after <see cref="PresenceOptions.Linger"/>, so that
/// a reconnect does not show, and changes nothing when it has run out already. Each end of a user's presence is reported by <see cref="SweepAsync"/> once, to one caller on all nodes.
/// Every call may throw <see cref="PresenceUnavailableException"/>.
/// </para>
/// </summary>
public interface IPresenceStore
{
    /// <returns>The users who were offline before.</returns>
    Task<PresentUsers> TouchAsync(IReadOnlyCollection<PresenceLease> leases);

    Task EndAsync(PresenceLease lease);

    /// <returns>Those of the users who are online.</returns>
    Task<PresentUsers> FindOnlineAsync(IReadOnlyCollection<long> userIds);

    /// <returns>Users whose last lease has run out since the last sweep of any node.</returns>
    Task<IReadOnlyList<PresenceEnd>> SweepAsync();
}

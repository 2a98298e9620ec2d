using Chat.Data.Groups;

namespace Chat.Data.Invites;

/// <summary>Invite links and requests to join. The contract stands at <see cref="InviteRepository"/>.</summary>
public interface IInviteStore
{
    /// <returns>The change, and the invite's id (0 when refused).</returns>
    /// <exception cref="DataUnavailableException">Whether it was made is unknown; nobody knows its code then.</exception>
    Task<(GroupChange Change, long InviteId)> CreateAsync(long chatId, long actorId, NewInvite invite);

    /// <summary>From its commit on nobody joins by it. Requests that were made by it remain.</summary>
    /// <returns><see cref="GroupOutcome.UserNotFound"/> when there is no such invite.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> RevokeAsync(long chatId, long actorId, long inviteId);

    /// <returns>Null when the code is none that would work now.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<InvitePreviewRow?> PreviewAsync(byte[] codeHash, CancellationToken cancellationToken);

    /// <summary>Lets somebody in by a code, or notes the request. A repeat is free.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat tells.</exception>
    Task<JoinResultRow> JoinAsync(byte[] codeHash, long userId, int maxMembers);

    /// <summary>Lets somebody in who asked, or not. A repeat answers <see cref="GroupOutcome.UserNotFound"/>.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown.</exception>
    Task<GroupChange> AnswerAsync(long chatId, long actorId, long userId, bool approve, int maxMembers);

    /// <summary>Ascending by id.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<InviteRow>> ListAsync(long chatId, long afterInviteId, int limit, CancellationToken cancellationToken);

    /// <summary>Ascending by user id.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<JoinRequestRow>> ListRequestsAsync(long chatId, long afterUserId, int limit, CancellationToken cancellationToken);
}

using Chat.Data.Accounts;

namespace Chat.Data.Invites;

/// <param name="MaxUses">How many may come in by it; null for any number.</param>
public sealed record NewInvite(byte[] CodeHash, TimeSpan? Lifetime, int? MaxUses, bool NeedsApproval);

/// <summary>An invite as those see it who manage them.</summary>
/// <param name="Uses">How many came in by it.</param>
public sealed record InviteRow(
    long InviteId, long CreatedBy, DateTime CreatedAt, DateTime? ExpiresAt, int? MaxUses, int Uses, bool NeedsApproval, DateTime? RevokedAt);

/// <summary>What somebody with a code may know before joining.</summary>
public sealed record InvitePreviewRow(long ChatId, string? ChatName, bool NeedsApproval, long MemberCount, string ChatType, long? PictureMediaId);

/// <summary>Somebody who waits for an answer.</summary>
public sealed record JoinRequestRow(
    long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId, DateTime RequestedAt) : IPersonRow;

public enum JoinOutcome
{
    Joined,

    /// <summary>An admin has to answer.</summary>
    Requested,

    AlreadyIn,

    /// <summary>There is no such invite, or it is expired, revoked or used up.</summary>
    NotFound,

    TooManyMembers,

    /// <summary>Nobody lets this one in, until the ban ends.</summary>
    Banned,
}

public sealed record JoinResultRow(JoinOutcome Outcome, long ChatId, long? MessageId)
{
    /// <summary>For one who asked: when first.</summary>
    public DateTime RequestedAt { get; init; }
}

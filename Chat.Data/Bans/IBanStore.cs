using Chat.Data.Accounts;
using Chat.Data.Groups;

namespace Chat.Data.Bans;

/// <summary>Somebody who may not come in.</summary>
/// <param name="BannedAt">UTC.</param>
public sealed record BannedRow(
    long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId, long BannedBy, DateTime BannedAt) : IPersonRow;

/// <summary>Who may not come into groups and channels. The contract stands at <see cref="BanRepository"/>.</summary>
public interface IBanStore
{
    /// <summary>Keeps somebody out, and removes them where they are in it.</summary>
    /// <returns>In <see cref="GroupChange.UserIds"/> who was removed; nobody, where the one who is banned was not in it.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> BanAsync(long chatId, long actorId, long userId);

    /// <summary>Lets somebody come in again, by the ways that there are. It does not bring them back.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> UnbanAsync(long chatId, long actorId, long userId);

    /// <summary>Ascending by user id.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<BannedRow>> ListAsync(long chatId, long afterUserId, int limit, CancellationToken cancellationToken);
}

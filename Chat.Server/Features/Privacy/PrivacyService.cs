using Chat.Data.Settings;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Privacy;

/// <summary>
/// The one place that says who sees and may do what of whom. Whoever shows something of people asks here, a page at a time: it costs at most
/// one read, whatever its size.
/// </summary>
public sealed class PrivacyService(PrivacyCache cache)
{
    /// <summary>The same people without what they do not show to this one.</summary>
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<IReadOnlyList<UserView>> HideAsync(
        long viewerId, IReadOnlyList<UserView> users, CancellationToken cancellationToken)
    {
        if (users.Count == 0) return users;
        var people = await cache.GetAsync(users.Select(user => user.UserId), cancellationToken);
        return [.. users.Select(user => Hide(viewerId, user, people[user.UserId]))];
    }

    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<UserView> HideAsync(long viewerId, UserView user, CancellationToken cancellationToken) =>
        Hide(viewerId, user, await cache.GetAsync(user.UserId, cancellationToken));

    /// <summary>Those of the people of whom this one may see whether they are online: it passes neither way between two of whom one blocks the other.</summary>
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<IReadOnlySet<long>> FindPresenceVisibleAsync(
        long viewerId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken)
    {
        if (userIds.Count == 0) return new HashSet<long>();
        var people = await cache.GetAsync(userIds.Append(viewerId), cancellationToken);
        return userIds.Where(id => IsPresenceVisible(people[viewerId], people[id])).ToHashSet();
    }

    /// <summary>Those of the people whom this one may not add to groups.</summary>
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<IReadOnlyList<long>> FindNotAddableAsync(
        long actorId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken)
    {
        var people = await cache.GetAsync(userIds, cancellationToken);
        return [.. userIds.Where(id => !people[id].IsFor(PrivacySetting.Groups, actorId))];
    }

    /// <summary>
    /// Those of the people with whom this one shares read marks in a direct chat: both have read receipts on. With oneself one always does.
    /// </summary>
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<IReadOnlySet<long>> FindReadSharedAsync(
        long userId, IReadOnlyCollection<long> otherIds, CancellationToken cancellationToken)
    {
        if (otherIds.Count == 0) return new HashSet<long>();
        var people = await cache.GetAsync(otherIds.Append(userId), cancellationToken);
        return otherIds.Where(id => id == userId || (people[userId].ReadReceipts && people[id].ReadReceipts)).ToHashSet();
    }

    internal static bool IsPresenceVisible(PersonPrivacy viewer, PersonPrivacy person) =>
        !viewer.Blocks(person.UserId) && person.IsFor(PrivacySetting.LastSeen, viewer.UserId);

    private static UserView Hide(long viewerId, UserView user, PersonPrivacy person)
    {
        var showsStatus = user.Status is null || person.IsFor(PrivacySetting.Status, viewerId);
        var showsPicture = user is { ProfilePictureUrl: null, PictureMediaId: null } || person.IsFor(PrivacySetting.Picture, viewerId);
        return showsStatus && showsPicture ? user : user with
        {
            Status = showsStatus ? user.Status : null,
            ProfilePictureUrl = showsPicture ? user.ProfilePictureUrl : null,
            PictureMediaId = showsPicture ? user.PictureMediaId : null,
        };
    }
}

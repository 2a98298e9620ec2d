namespace Chat.Data.Presence;

/// <summary>Reads and writes <c>users.last_seen</c>, and who may be asked about whom.</summary>
public interface ILastSeenStore
{
    /// <summary>Sets the time for all of them in one statement; never back.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task SetAsync(IReadOnlyCollection<long> userIds, DateTime lastSeen, CancellationToken cancellationToken);

    /// <summary>Those of the users who share a chat with the viewer, channels not counted, with when they were last seen; null for never.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyDictionary<long, DateTime?>> FindVisibleAsync(
        long viewerId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken);
}

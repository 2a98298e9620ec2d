using Chat.Data.Groups;
using Chat.Data.Messages;

namespace Chat.Data.Channels;

/// <summary>What a new channel is.</summary>
/// <param name="Username">Public under this name; null for a private one.</param>
/// <param name="Signatures">Whether its posts bear their author's name.</param>
public sealed record NewChannel(string Title, string? Description, string? Username, bool Signatures);

/// <summary>A public channel as anybody may see it.</summary>
/// <param name="MyUserId">The one who asks, when in it; else null.</param>
public sealed record PublicChannelRow(long ChatId, string? ChatName, string? Description, string Username, int SubscriberCount, long? PictureMediaId, long? MyUserId);

/// <summary>Makes and finds channels, and lets people in and out of them. The contract stands at <see cref="ChannelRepository"/>.</summary>
public interface IChannelStore
{
    /// <summary>Makes a channel with its owner, and the system message that begins it.</summary>
    /// <param name="creationKey">The owner's name for it: a repeat finds the channel made first, and reports <see cref="GroupOutcome.Unchanged"/>.</param>
    /// <returns>The change (<see cref="GroupOutcome.NameTaken"/>: nothing was made), and the system message of a new one.</returns>
    /// <exception cref="DataUnavailableException">Whether it was made is unknown; a repeat tells.</exception>
    Task<(GroupChange Change, MessageRow? Message)> CreateAsync(
        long ownerId, Guid creationKey, NewChannel channel, CancellationToken cancellationToken);

    /// <summary>Changes what only channels have.</summary>
    /// <param name="username">Null keeps it, an empty one makes the channel private.</param>
    /// <param name="signatures">Null keeps it. Posts that are there stay as they are.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> UpdateAsync(long chatId, long actorId, string? username, bool? signatures);

    /// <summary>The public channel of this name.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<PublicChannelRow?> FindPublicAsync(string username, long userId, CancellationToken cancellationToken);

    /// <summary>Lets somebody into a public channel. A repeat is free.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> JoinAsync(long chatId, long userId);

    /// <summary>Lets a reader out of a channel.</summary>
    /// <returns><see cref="GroupOutcome.Forbidden"/> for those who run it: they leave as one leaves a group.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat answers <see cref="GroupOutcome.NotFound"/> then.</exception>
    Task<GroupChange> LeaveAsync(long chatId, long userId);

    /// <summary>The newest messages of a public channel below an id, for anybody.</summary>
    /// <returns>Ascending by id; null when there is no such channel.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<MessageRow>?> PreviewAsync(long chatId, long beforeMessageId, int limit, CancellationToken cancellationToken);
}

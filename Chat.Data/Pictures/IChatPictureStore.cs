using Chat.Data.Groups;

namespace Chat.Data.Pictures;

/// <summary>Pictures of groups and channels. The contract stands at <see cref="ChatPictureRepository"/>.</summary>
public interface IChatPictureStore
{
    /// <summary>Gives a chat another picture, and lets go of the one before.</summary>
    /// <param name="mediaId">An image that is kept from the collector meanwhile; null for no picture.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<GroupChange> SetAsync(long chatId, long actorId, long? mediaId);
}

namespace Chat.Data.Chats;

/// <summary>Reads the participants of a chat for one of them.</summary>
public interface IParticipantReader
{
    /// <summary>Those present, ascending by user id, after <paramref name="afterUserId"/>. Empty for somebody who is not in the chat.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ParticipantRow>> ListAsync(long chatId, long userId, long afterUserId, int limit, CancellationToken cancellationToken);
}

namespace Chat.Data.Settings;

/// <summary>What one person set for one chat.</summary>
/// <param name="MutedUntil">UTC.</param>
/// <param name="PinPosition">1 is the topmost; null: not pinned.</param>
/// <param name="Version">Counts changes; 0 while nothing was ever set.</param>
public sealed record ChatSettingsRow(
    long ChatId, DateTime? MutedUntil, int? PinPosition, bool Archived, bool MarkedUnread, string? Draft, long Version);

/// <summary>A change of one chat's settings: what is not set stays as it is.</summary>
public sealed record ChatSettingsChange(
    bool SetMutedUntil = false, DateTime? MutedUntil = null, bool? Archived = null, bool? MarkedUnread = null, bool SetDraft = false, string? Draft = null);

/// <summary>Settings for single chats: table <c>chat_settings</c>. Changes may be repeated freely.</summary>
public interface IChatSettingsStore
{
    /// <returns>Null when the person is not in the chat; nothing was written.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<ChatSettingsRow?> ChangeAsync(long userId, long chatId, ChatSettingsChange change, CancellationToken cancellationToken);

    /// <summary>Makes these the pinned chats, the topmost first.</summary>
    /// <returns>The settings of all that were pinned before or are now; null when the person is not in one of the chats, and nothing was written.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ChatSettingsRow>?> PinAsync(long userId, IReadOnlyList<long> chatIds, CancellationToken cancellationToken);
}

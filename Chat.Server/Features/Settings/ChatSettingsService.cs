using Chat.Data.Settings;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Settings;

/// <summary>What somebody sets for single chats, the same on all devices: the last change wins, and its version says which that is.</summary>
public sealed class ChatSettingsService(IChatSettingsStore settings, SettingsNotifier notifier, TimeProvider time)
{
    /// <summary>Stands for always.</summary>
    private static readonly TimeSpan LongestMute = TimeSpan.FromDays(3660);

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat; <c>invalid</c>: a time that has passed, or too late.</exception>
    public Task<ChatSettingsView> MuteAsync(long userId, string connectionId, MuteChatRequest request)
    {
        var until = request.Until?.ToUniversalTime();
        var now = time.GetUtcNow().UtcDateTime;
        if (until <= now) throw ChatException.Invalid("until", "must be in the future");
        if (until > now + LongestMute) throw ChatException.Invalid("until", "must be at most 10 years from now");
        return ChangeAsync(userId, connectionId, request.ChatId, new ChatSettingsChange(SetMutedUntil: true, MutedUntil: until));
    }

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public Task<ChatSettingsView> ArchiveAsync(long userId, string connectionId, ArchiveChatRequest request) =>
        ChangeAsync(userId, connectionId, request.ChatId, new ChatSettingsChange(Archived: request.Archived));

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public Task<ChatSettingsView> MarkUnreadAsync(long userId, string connectionId, MarkChatUnreadRequest request) =>
        ChangeAsync(userId, connectionId, request.ChatId, new ChatSettingsChange(MarkedUnread: request.Unread));

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public Task<ChatSettingsView> SetDraftAsync(long userId, string connectionId, SetDraftRequest request) =>
        ChangeAsync(userId, connectionId, request.ChatId, new ChatSettingsChange(SetDraft: true, Draft: request.Text));

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in one of the chats.</exception>
    public async Task<PinChatsResult> PinAsync(long userId, string connectionId, PinChatsRequest request)
    {
        var rows = await settings.PinAsync(userId, [.. request.ChatIds.Distinct()], CancellationToken.None) ?? throw ChatException.ChatNotFound();
        var changed = rows.Select(row => new ChatSettingsChangedEvent(row.ChatId, ViewOf(row))).ToList();
        foreach (var change in changed) notifier.Changed(userId, connectionId, change);
        return new PinChatsResult(changed);
    }

    private async Task<ChatSettingsView> ChangeAsync(long userId, string connectionId, long chatId, ChatSettingsChange change)
    {
        var row = await settings.ChangeAsync(userId, chatId, change, CancellationToken.None) ?? throw ChatException.ChatNotFound();
        var view = ViewOf(row);
        notifier.Changed(userId, connectionId, new ChatSettingsChangedEvent(chatId, view));
        return view;
    }

    private static ChatSettingsView ViewOf(ChatSettingsRow row) =>
        new(row.MutedUntil, row.PinPosition, row.Archived, row.MarkedUnread, row.Draft, row.Version);
}

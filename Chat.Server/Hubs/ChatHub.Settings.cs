using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Your settings.</summary>
    public Task<SettingsView> GetSettings(GetSettingsRequest request) => people.Settings.GetAsync(CallerId, Context.ConnectionAborted);

    /// <summary>Who sees something of you, or may add you to groups.</summary>
    public Task<SettingsView> SetPrivacy(SetPrivacyRequest request) =>
        people.Settings.SetPrivacyAsync(CallerId, Context.ConnectionId, request);

    /// <summary>Whether read marks are shared in direct chats, both ways.</summary>
    public Task<SettingsView> SetReadReceipts(SetReadReceiptsRequest request) =>
        people.Settings.SetReadReceiptsAsync(CallerId, Context.ConnectionId, request);

    /// <summary>Whether you want to be notified of a kind of things.</summary>
    public Task<SettingsView> SetNotifications(SetNotificationsRequest request) =>
        people.Settings.SetNotificationsAsync(CallerId, Context.ConnectionId, request);

    /// <summary>No notifications of a chat until a time.</summary>
    public Task<ChatSettingsView> MuteChat(MuteChatRequest request) =>
        people.ChatSettings.MuteAsync(CallerId, Context.ConnectionId, request);

    /// <summary>Puts a chat into the archive, or takes it out.</summary>
    public Task<ChatSettingsView> ArchiveChat(ArchiveChatRequest request) =>
        people.ChatSettings.ArchiveAsync(CallerId, Context.ConnectionId, request);

    /// <summary>A reminder of your own, or its end. Read marks are another matter.</summary>
    public Task<ChatSettingsView> MarkChatUnread(MarkChatUnreadRequest request) =>
        people.ChatSettings.MarkUnreadAsync(CallerId, Context.ConnectionId, request);

    /// <summary>What you began to write, for your other devices.</summary>
    public Task<ChatSettingsView> SetDraft(SetDraftRequest request) =>
        people.ChatSettings.SetDraftAsync(CallerId, Context.ConnectionId, request);

    /// <summary>Which chats are pinned, and in which order.</summary>
    public Task<PinChatsResult> PinChats(PinChatsRequest request) =>
        people.ChatSettings.PinAsync(CallerId, Context.ConnectionId, request);
}

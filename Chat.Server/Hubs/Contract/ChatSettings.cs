using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>What you set for one chat. Yours alone; <c>ChatSettingsChanged</c> tells your other devices.</summary>
/// <param name="MutedUntil">UTC; null: not muted. A time that has passed: no longer.</param>
/// <param name="PinPosition">1 is the topmost of your pinned chats; null: not pinned. The chat list's order does not know of it.</param>
/// <param name="MarkedUnread">You want to come back to it. Reading on ends it only when a client says so.</param>
/// <param name="Draft">What you began to write.</param>
/// <param name="Version">Counts changes: take a view when its version is not below yours, so that what arrives late overwrites nothing.</param>
public sealed record ChatSettingsView(
    DateTime? MutedUntil, int? PinPosition, bool Archived, bool MarkedUnread, string? Draft, long Version);

public sealed record ChatSettingsChangedEvent(long ChatId, ChatSettingsView Settings);

/// <param name="Until">UTC, to come; at most 10 years from now, which stands for always. Null: no longer muted.</param>
public sealed record MuteChatRequest(long ChatId, DateTime? Until = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (Until is { Kind: DateTimeKind.Unspecified }) throw ChatException.Invalid("until", "must say its time zone: 2026-01-31T12:00:00Z");
    }
}

public sealed record ArchiveChatRequest(long ChatId, bool Archived = true) : IHubRequest
{
    public void Validate() => Check.Id("chatId", ChatId);
}

public sealed record MarkChatUnreadRequest(long ChatId, bool Unread = true) : IHubRequest
{
    public void Validate() => Check.Id("chatId", ChatId);
}

/// <param name="Text">1–4,096 UTF-16 code units, as for a message; null: none.</param>
public sealed record SetDraftRequest(long ChatId, string? Text = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.OptionalText("text", Text, 1, Limits.TextLength, allowNewLines: true);
        if (Text is not null && string.IsNullOrWhiteSpace(Text)) throw ChatException.Invalid("text", "must not be only white space");
    }
}

/// <param name="ChatIds">Your pinned chats from now on, 0–10, the topmost first.</param>
public sealed record PinChatsRequest(IReadOnlyList<long> ChatIds) : IHubRequest
{
    public void Validate()
    {
        if (ChatIds is { Count: 0 }) return;
        Check.Ids("chatIds", ChatIds, Limits.PinnedChats);
    }
}

/// <param name="Changed">The chats that were pinned before or are now.</param>
public sealed record PinChatsResult(IReadOnlyList<ChatSettingsChangedEvent> Changed);

public sealed record OpenSavedMessagesRequest : IHubRequest
{
    public void Validate()
    {
    }
}

using Chat.Data.Accounts;
using Chat.Data.Messages;

namespace Chat.Data.Search;

/// <summary>Where a page of hits in all chats ended; the next one is older.</summary>
public sealed record SearchPosition(DateTime SentAt, long ChatId, long MessageId);

/// <summary>Messages that were found.</summary>
/// <param name="Messages">Newest first. Fewer than were asked for where some have changed since they were indexed.</param>
/// <param name="End">Where to go on; null when there is no more.</param>
public sealed record SearchPage(IReadOnlyList<MessageRow> Messages, SearchPosition? End);

/// <summary>A chat of one's own, by its title or the other person's name.</summary>
/// <param name="ContactName">The reader's own name for the other person.</param>
public sealed record FoundChatRow(
    long ChatId, string ChatType, string? ChatName, long? PictureMediaId, long? PeerUserId, string? PeerName, string? PeerUsername, string? PeerStatus,
    string? PeerProfilePictureUrl, long? PeerPictureMediaId, string? ContactName);

public sealed record FoundPersonRow(
    long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId, string? ContactName) : IPersonRow;

using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="UserIds">0–100 users whose presence this connection wants to hear of; they replace those of the call before.</param>
public sealed record WatchPresenceRequest(IReadOnlyList<long> UserIds) : IHubRequest
{
    public void Validate()
    {
        if (UserIds is { Count: 0 }) return;
        Check.Ids("userIds", UserIds, Limits.PageSize);
    }
}

/// <param name="Presences">As it is now. Users whom you may not ask about are left out, and you will not hear of them.</param>
public sealed record WatchPresenceResult(IReadOnlyList<PresenceView> Presences);

/// <param name="LastSeen">UTC, of those who are offline; null while online, or when never seen.</param>
/// <param name="Revision">
/// Of what you are told of a user over one connection, believe what has the highest revision: nodes push independently of each other, so an
/// older state may arrive last.
/// </param>
public sealed record PresenceView(long UserId, bool Online, DateTime? LastSeen, long Revision);

/// <param name="Typing">False when it stopped without a message. Say true again every few seconds while it goes on.</param>
/// <param name="Kind">What is being made, see <see cref="TypingKinds"/>; <c>text</c> by default.</param>
public sealed record SetTypingRequest(long ChatId, bool Typing = true, string? Kind = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (Kind is not null) Check.OneOf("kind", Kind, TypingKinds.All);
    }
}

/// <summary>What somebody who "types" is making.</summary>
public static class TypingKinds
{
    public const string Text = "text";
    public const string Voice = "voice";
    public const string Video = "video";
    public const string Photo = "photo";
    public const string File = "file";

    public static IReadOnlyList<string> All { get; } = [Text, Voice, Video, Photo, File];
}

/// <param name="HeardBy">Whether anybody is told: not in chats of more than 100 members.</param>
public sealed record SetTypingResult(long ChatId, bool HeardBy);

/// <summary>Somebody began or stopped typing. Forget it by yourself after 6 s, or when a message of theirs arrives.</summary>
/// <param name="Kind">See <see cref="TypingKinds"/>; show one that you do not know as text.</param>
public sealed record TypingChangedEvent(long ChatId, long UserId, bool Typing, string Kind);

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

/// <param name="Typing">False when the typing stopped without a message. Say true again every few seconds while it goes on.</param>
public sealed record SetTypingRequest(long ChatId, bool Typing = true) : IHubRequest
{
    public void Validate() => Check.Id("chatId", ChatId);
}

/// <param name="HeardBy">Whether anybody is told: not in chats of more than 100 members.</param>
public sealed record SetTypingResult(long ChatId, bool HeardBy);

/// <summary>Somebody began or stopped typing. Forget it by yourself after 6 s, or when a message of theirs arrives.</summary>
public sealed record TypingChangedEvent(long ChatId, long UserId, bool Typing);

using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="ClientGroupId">Your name for this group: a UUID, the same on every retry. A repeated call returns the group made first.</param>
/// <param name="Title">1–100 characters after trimming.</param>
/// <param name="MemberIds">1–1,023 other users; doubles count once.</param>
/// <param name="Description">At most 500 characters.</param>
public sealed record CreateGroupRequest(Guid ClientGroupId, string Title, IReadOnlyList<long> MemberIds, string? Description = null) : IHubRequest
{
    public void Validate()
    {
        Check.Uuid("clientGroupId", ClientGroupId);
        Check.Text("title", Title?.Trim(), 1, Limits.TitleLength);
        Check.Ids("memberIds", MemberIds, Limits.GroupSize - 1);
        Check.OptionalText("description", Description?.Trim(), 0, Limits.DescriptionLength, allowNewLines: true);
    }
}

/// <param name="UserIds">1–100 users; those who are members already are passed over.</param>
public sealed record AddMembersRequest(long ChatId, IReadOnlyList<long> UserIds) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Ids("userIds", UserIds, Limits.PageSize);
    }
}

public sealed record RemoveMemberRequest(long ChatId, long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

public sealed record LeaveGroupRequest(long ChatId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
    }
}

/// <param name="Title">1–100 characters after trimming; null keeps it.</param>
/// <param name="Description">At most 500 characters; null keeps it, an empty one takes it away.</param>
public sealed record UpdateChatInfoRequest(long ChatId, string? Title = null, string? Description = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.OptionalText("title", Title?.Trim(), 1, Limits.TitleLength);
        Check.OptionalText("description", Description?.Trim(), 0, Limits.DescriptionLength, allowNewLines: true);
    }
}

/// <param name="MediaId">An image: an upload of yours, or one that you see; absent or null for no picture.</param>
public sealed record SetChatPictureRequest(long ChatId, long? MediaId = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (MediaId is { } mediaId) Check.Id("mediaId", mediaId);
    }
}

/// <param name="Seconds">1–3,600: how long a member waits between two messages; absent or null for no slow mode. The owner and admins do not wait.</param>
public sealed record SetSlowModeRequest(long ChatId, int? Seconds = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Range("seconds", Seconds, 1, Limits.SlowModeSeconds, 1);
    }
}

/// <param name="MessageId">The system message that records the change; null when nothing changed, or where nothing records it, as in a channel.</param>
/// <param name="UserIds">Who was added, removed, or left; whose rights changed.</param>
/// <param name="NotAllowedIds">Who does not let you add them to groups, and was passed over: invite them instead.</param>
public sealed record MembershipResult(long ChatId, long? MessageId, IReadOnlyList<long> UserIds, IReadOnlyList<long> NotAllowedIds);

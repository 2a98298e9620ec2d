using Chat.Server.Features.Accounts;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="ClientChannelId">Your name for this channel: a UUID, the same on every retry. A repeated call returns the channel made first.</param>
/// <param name="Title">1–100 characters after trimming.</param>
/// <param name="Description">At most 500 characters.</param>
/// <param name="Username">Makes it public under this name: 3–32 of a-z, 0-9 and _, beginning with a letter; upper case is folded. Absent: private.</param>
/// <param name="Signatures">Whether its posts bear their author's name.</param>
public sealed record CreateChannelRequest(
    Guid ClientChannelId, string Title, string? Description = null, string? Username = null, bool Signatures = false) : IHubRequest
{
    public void Validate()
    {
        Check.Uuid("clientChannelId", ClientChannelId);
        Check.Text("title", Title?.Trim(), 1, Limits.TitleLength);
        Check.OptionalText("description", Description?.Trim(), 0, Limits.DescriptionLength, allowNewLines: true);
        AccountRules.Username(Username);
    }
}

/// <param name="Username">As in <see cref="CreateChannelRequest"/>; absent keeps it, an empty one makes the channel private.</param>
/// <param name="Signatures">For posts from now on; absent keeps it.</param>
public sealed record UpdateChannelRequest(long ChatId, string? Username = null, bool? Signatures = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (Username is { Length: > 0 }) AccountRules.Username(Username);
    }
}

/// <param name="Username">A public channel's name. Channels and people have names of their own: this finds no person.</param>
public sealed record GetPublicChannelRequest(string Username) : IHubRequest
{
    public void Validate() => AccountRules.Username(Check.Text("username", Username, 1, Limits.TitleLength));
}

/// <summary>A public channel as anybody may see it.</summary>
/// <param name="MemberCount">Who is in it, those who run it included.</param>
/// <param name="Joined">Whether you are in it.</param>
/// <param name="PictureMediaId">Its picture, for anybody to see; null for none.</param>
public sealed record PublicChannelView(long ChatId, string Username, string Title, string? Description, int MemberCount, bool Joined, long? PictureMediaId);

public sealed record JoinChannelRequest(long ChatId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
    }
}

/// <param name="BeforeMessageId">Messages below this id; absent for the latest page.</param>
/// <param name="Limit">1–100, default 50.</param>
public sealed record PreviewChannelRequest(long ChatId, long? BeforeMessageId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (BeforeMessageId is { } before) Check.Position("beforeMessageId", before);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

namespace Chat.Server.Features.Groups;

/// <param name="MaxMembers">How many a group may have, its owner included.</param>
public sealed record GroupOptions(int MaxMembers = 1024)
{
    /// <summary>More than that, and a group should be a channel.</summary>
    private const int Most = 10_000;

    public static (string Key, string Reason)? Check(GroupOptions options) =>
        options.MaxMembers is < 2 or > Most ? ("MaxMembers", $"must be from 2 to {Most}") : null;
}

using Chat.Data.Groups;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Groups;

/// <summary>From what the store says of a change to what its caller hears.</summary>
internal static class GroupChangeResults
{
    /// <param name="field">The field of the request that names people.</param>
    /// <param name="maxMembers">How many a group may have.</param>
    public static GroupChange Accepted(this GroupChange change, string field, int maxMembers = 0) => change.Outcome switch
    {
        GroupOutcome.Done or GroupOutcome.Unchanged => change,
        GroupOutcome.NotFound => throw ChatException.ChatNotFound(),
        GroupOutcome.Forbidden => throw ChatException.Forbidden("you may not do this here, or not to them; who wants to go leaves rather than being removed"),
        GroupOutcome.UserNotFound => throw ChatException.Invalid(field, $"no such user: {string.Join(", ", change.UserIds)}"),
        GroupOutcome.TooManyMembers => throw ChatException.TooLarge(field, $"a group has at most {maxMembers} members"),
        GroupOutcome.Banned => throw ChatException.Forbidden($"banned here, and let in by nobody before the ban ends: {string.Join(", ", change.UserIds)}"),
        GroupOutcome.NameTaken => throw ChatException.Conflict(field, "is taken"),
        _ => throw new InvalidOperationException($"Unknown outcome {change.Outcome}."),
    };

    public static MembershipResult ToResult(this GroupChange change) => new(change.ChatId, change.MessageId, change.UserIds, []);
}

using System.Collections.Frozen;
using Chat.Data.Permissions;

namespace Chat.Data.Chats;

/// <summary>
/// Who is in a chat with which rights, as of <see cref="Version"/>. Immutable, so it may be shared and kept. Of a channel it holds those who run
/// it, whatever the number of its readers: whether somebody reads it is asked singly.
/// </summary>
/// <param name="ChatType"><c>direct</c>, <c>group</c> or <c>channel</c>.</param>
/// <param name="Version"><c>chats.roster_version</c>: whoever writes under an older one is checked again.</param>
/// <param name="Members">Those present, by user id; of a channel, its owner and admins.</param>
/// <param name="DefaultPermissions">What members may do for whom nothing else is set.</param>
public sealed record Roster(
    long ChatId,
    string ChatType,
    long Version,
    FrozenDictionary<long, RosterMember> Members,
    ChatPermissions DefaultPermissions = ChatRights.GroupMembers)
{
    public bool IsDirect => ChatType == "direct";

    public bool IsChannel => ChatType == "channel";

    /// <summary>Whether the posts of a channel bear their author's name.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Whether somebody may be in the chat as far as the roster knows: in a channel, anybody.</summary>
    public bool MayHave(long userId) => IsChannel || Has(userId);

    public bool Has(long userId) => Members.ContainsKey(userId);

    /// <summary>Whether one of the two people of a direct chat blocks the other: nothing that is not stored passes between them.</summary>
    public bool IsBlocked => IsDirect && Members.Values.Any(member => member.BlocksPeer);

    /// <summary>The other person of a direct chat, if that one blocks this one.</summary>
    public long? PeerWhoBlocks(long userId)
    {
        if (!IsDirect) return null;
        foreach (var member in Members.Values)
            if (member.BlocksPeer && member.UserId != userId) return member.UserId;
        return null;
    }
}

/// <param name="Role"><c>owner</c>, <c>admin</c> or <c>member</c>.</param>
/// <param name="Permissions">What this one may do, in place of what the role gives; null where nothing is set.</param>
/// <param name="MutedUntil">UTC; may not send before.</param>
public sealed record RosterMember(long UserId, string Role, ChatPermissions? Permissions = null, DateTime? MutedUntil = null)
{
    public bool IsMuted(DateTime now) => MutedUntil is { } until && until > now;

    /// <summary>Whether this one blocks the other person of a direct chat.</summary>
    public bool BlocksPeer { get; init; }

    /// <summary>What a channel's posts are signed with; null elsewhere.</summary>
    public string? Name { get; init; }
}

using System.Collections.Frozen;

namespace Chat.Data.Chats;

/// <summary>Who is in a chat with which rights, as of <see cref="Version"/>. Immutable, so it may be shared and kept.</summary>
/// <param name="ChatType"><c>direct</c>, <c>group</c> or <c>channel</c>.</param>
/// <param name="Version"><c>chats.roster_version</c>: whoever writes under an older one is checked again.</param>
/// <param name="Members">Those present, by user id.</param>
public sealed record Roster(long ChatId, string ChatType, long Version, FrozenDictionary<long, RosterMember> Members)
{
    public bool IsDirect => ChatType == "direct";

    public bool Has(long userId) => Members.ContainsKey(userId);
}

/// <param name="Role"><c>owner</c>, <c>admin</c> or <c>member</c>.</param>
public sealed record RosterMember(long UserId, string Role);

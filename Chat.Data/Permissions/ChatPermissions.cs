namespace Chat.Data.Permissions;

/// <summary>What somebody may do in a chat. The numbers stand in the database: never give one another meaning.</summary>
[Flags]
public enum ChatPermissions
{
    None = 0,

    /// <summary>Send texts, and edit one's own.</summary>
    SendText = 1 << 0,

    /// <summary>Send everything that is not a plain text: pictures, files, polls, places, contacts.</summary>
    SendMedia = 1 << 1,

    React = 1 << 2,

    AddMembers = 1 << 3,

    /// <summary>Title, description, picture, slow mode, how long messages stay.</summary>
    ChangeInfo = 1 << 4,

    Pin = 1 << 5,

    /// <summary>Delete messages of others for everybody.</summary>
    DeleteMessages = 1 << 6,

    /// <summary>Remove members, ban them for good, and silence them for a time.</summary>
    RestrictMembers = 1 << 7,

    /// <summary>Make and revoke invite links, answer join requests.</summary>
    ManageInvites = 1 << 8,

    /// <summary>Make and unmake admins, change what members may do.</summary>
    ManageRoles = 1 << 9,
}

/// <summary>The permissions as clients name them.</summary>
public static class PermissionNames
{
    private static readonly (ChatPermissions Permission, string Name)[] Names =
    [
        (ChatPermissions.SendText, "send_text"),
        (ChatPermissions.SendMedia, "send_media"),
        (ChatPermissions.React, "react"),
        (ChatPermissions.AddMembers, "add_members"),
        (ChatPermissions.ChangeInfo, "change_info"),
        (ChatPermissions.Pin, "pin"),
        (ChatPermissions.DeleteMessages, "delete_messages"),
        (ChatPermissions.RestrictMembers, "restrict_members"),
        (ChatPermissions.ManageInvites, "manage_invites"),
        (ChatPermissions.ManageRoles, "manage_roles"),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Names.Select(n => n.Name)];

    /// <summary>What was asked for once: a list of chats asks twice for each.</summary>
    private static readonly IReadOnlyList<string>?[] Known = new IReadOnlyList<string>?[1 << Names.Length];

    public static IReadOnlyList<string> Of(ChatPermissions permissions) =>
        Known[(int)permissions & (Known.Length - 1)] ??= [.. Names.Where(n => permissions.HasFlag(n.Permission)).Select(n => n.Name)];

    /// <returns>Null where a name is none.</returns>
    public static ChatPermissions? Read(IEnumerable<string?> names)
    {
        var read = ChatPermissions.None;
        foreach (var name in names)
        {
            var index = Array.FindIndex(Names, n => n.Name == name);
            if (index < 0) return null;
            read |= Names[index].Permission;
        }
        return read;
    }
}

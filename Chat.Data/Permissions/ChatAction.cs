namespace Chat.Data.Permissions;

/// <summary>What somebody may want to do in a chat, as <see cref="ChatRights"/> knows it.</summary>
public enum ChatAction
{
    SendText,

    /// <summary>Anything that is not a plain text.</summary>
    SendMedia,

    EditOwnMessage,

    DeleteOwnMessage,

    /// <summary>For everybody. For oneself, anybody may.</summary>
    DeleteOthersMessage,

    React,
    Pin,
    AddMembers,
    RemoveMember,

    /// <summary>Removes somebody, and keeps them out; also somebody who is not there.</summary>
    BanMember,

    /// <summary>And see who is banned.</summary>
    UnbanMember,

    /// <summary>Forbids a member to send until a time.</summary>
    SilenceMember,

    ChangeInfo,
    SetSlowMode,

    /// <summary>How long messages stay.</summary>
    SetDisappearing,

    ManageInvites,
    Promote,
    Demote,
    SetMemberPermissions,
    SetDefaultPermissions,
    TransferOwnership,
    Leave,
}

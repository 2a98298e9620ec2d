namespace Chat.Server.Tests.Properties;

/// <summary>What a person does.</summary>
internal enum Act
{
    // Sends.
    SendText,
    SendReply,
    SendPoll,
    SendPlace,
    SendCard,
    SendMention,
    SendFile,
    SendAgain,
    SendAndBreakOff,

    // To a message.
    Forward,
    Edit,
    TakeCaptionAway,
    DeleteForAll,
    DeleteForMe,
    React,
    TakeBackReaction,
    Vote,
    ClosePoll,
    Pin,
    Unpin,

    // In a chat.
    MarkDelivered,
    MarkRead,
    AddMember,
    RemoveMember,
    Leave,
    JoinChannel,
    Promote,
    Demote,
    TransferOwnership,
    SetDefaultPermissions,
    SetMemberPermissions,
    Silence,
    Rename,
    ChannelName,
    ChatPicture,
    SlowMode,
    Disappear,

    // Who comes in.
    Ban,
    Unban,
    CreateInvite,
    RevokeInvite,
    JoinByInvite,
    AnswerJoinRequest,

    // Of one's own.
    Block,
    Unblock,
    Mute,
    Archive,
    MarkUnread,
    Draft,
    PinChats,
    Schedule,
    MoveScheduled,
    CancelScheduled,
    ReadReceipts,
    Privacy,
    Contact,
    Profile,
    Notify,

    // What changes nothing.
    Type,
    Watch,
    Look,

    TimePasses,
    Disconnect,
    Reconnect,
}

/// <summary>
/// One step of a scenario. The numbers choose among what there is when its turn comes (chats, messages, people), so a scenario means something
/// whatever is left out of it.
/// </summary>
/// <param name="Device">Whose step it is: a position in <see cref="Scenario.Devices"/>.</param>
/// <param name="Alone">Waits until everything before it is done; otherwise only its own device's steps are waited for.</param>
internal sealed record Step(int Device, Act Act, int Chat, int Target, bool Alone)
{
    /// <summary>A <see cref="Chat"/> that stands for one of all chats.</summary>
    public const int AnyChat = 7;

    /// <summary>A <see cref="Chat"/> that stands for one that the device holds, whether there is anything to do or not.</summary>
    public const int HeldChat = 6;

    public override string ToString() => $"{Scenario.Devices[Device]} {Act}({Chat}, {Target}){(Alone ? " alone" : "")}";
}

/// <summary>What several people do, each on a device of their own and one of them on two.</summary>
internal sealed record Scenario(IReadOnlyList<Step> Steps)
{
    /// <summary>The first letter is the person.</summary>
    public static IReadOnlyList<string> Devices { get; } = ["A1", "A2", "B", "C", "D"];

    public override string ToString() => $"{Steps.Count} steps:\n{string.Join('\n', Steps)}";
}

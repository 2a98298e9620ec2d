namespace Chat.Server.Tests.Properties;

/// <summary>What a person does.</summary>
internal enum Act
{
    SendText,
    SendReply,
    SendPoll,
    SendPlace,
    SendMention,
    SendAgain,
    SendAndBreakOff,
    Forward,
    Edit,
    DeleteForAll,
    DeleteForMe,
    React,
    TakeBackReaction,
    Vote,
    ClosePoll,
    Pin,
    Unpin,
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
    SlowMode,
    Disappear,
    Block,
    Unblock,
    Mute,
    Archive,
    MarkUnread,
    Draft,
    PinChats,
    Schedule,
    CancelScheduled,
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
    public override string ToString() => $"{Scenario.Devices[Device]} {Act}({Chat}, {Target}){(Alone ? " alone" : "")}";
}

/// <summary>What several people do, each on a device of their own and one of them on two.</summary>
internal sealed record Scenario(IReadOnlyList<Step> Steps)
{
    /// <summary>The first letter is the person.</summary>
    public static IReadOnlyList<string> Devices { get; } = ["A1", "A2", "B", "C", "D"];

    public override string ToString() => $"{Steps.Count} steps:\n{string.Join('\n', Steps)}";
}

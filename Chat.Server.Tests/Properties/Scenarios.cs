using FsCheck;
using FsCheck.Fluent;

namespace Chat.Server.Tests.Properties;

/// <summary>Makes scenarios, and smaller ones of one that fails.</summary>
internal static class Scenarios
{
    private static readonly (int Weight, Act Act)[] Weights =
    [
        (14, Act.SendText), (4, Act.SendReply), (3, Act.SendPoll), (2, Act.SendPlace), (1, Act.SendCard), (4, Act.SendMention), (7, Act.SendFile),
        (4, Act.SendAgain), (3, Act.SendAndBreakOff),
        (4, Act.Forward), (7, Act.Edit), (2, Act.TakeCaptionAway), (5, Act.DeleteForAll), (5, Act.DeleteForMe), (8, Act.React), (3, Act.TakeBackReaction),
        (6, Act.Vote), (1, Act.ClosePoll), (5, Act.Pin), (2, Act.Unpin),
        (5, Act.MarkDelivered), (9, Act.MarkRead), (6, Act.AddMember), (4, Act.RemoveMember), (3, Act.Leave), (2, Act.JoinChannel), (2, Act.Promote),
        (1, Act.Demote), (1, Act.TransferOwnership), (1, Act.SetDefaultPermissions), (1, Act.SetMemberPermissions), (1, Act.Silence), (2, Act.Rename),
        (1, Act.ChannelName), (1, Act.ChatPicture), (1, Act.SlowMode), (3, Act.Disappear),
        (2, Act.Ban), (1, Act.Unban), (5, Act.CreateInvite), (2, Act.RevokeInvite), (7, Act.JoinByInvite), (4, Act.AnswerJoinRequest),
        (3, Act.Block), (3, Act.Unblock), (1, Act.Mute), (1, Act.Archive), (1, Act.MarkUnread), (2, Act.Draft), (1, Act.PinChats), (4, Act.Schedule),
        (1, Act.MoveScheduled), (1, Act.CancelScheduled), (4, Act.ReadReceipts), (5, Act.Privacy), (3, Act.Contact), (1, Act.Profile), (1, Act.Notify),
        (1, Act.Type), (1, Act.Watch), (6, Act.Look),
        (4, Act.TimePasses), (6, Act.Disconnect), (6, Act.Reconnect),
    ];

    public static IEnumerable<Act> Acts => Weights.Select(w => w.Act);

    /// <param name="length">Steps of a scenario.</param>
    /// <param name="mayShrink">Asked before each smaller scenario; shrinking ends when it says no.</param>
    public static Arbitrary<Scenario> Of(int length, Func<bool> mayShrink)
    {
        var acts = Gen.Frequency(Weights.Select(w => (w.Weight, Gen.Constant(w.Act))));
        // Few steps wait for the rest: most overlap with what others do.
        var step =
            from device in Gen.Choose(0, Scenario.Devices.Count - 1)
            from act in acts
            from chat in Gen.Choose(0, 7)
            from target in Gen.Choose(0, 15)
            from alone in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            select new Step(device, act, chat, target, alone);
        var scenarios = step.ListOf(length).Select(steps => new Scenario([.. steps]));
        return Arb.From(scenarios, scenario => Smaller(scenario).TakeWhile(_ => mayShrink()));
    }

    /// <summary>First without large parts, then without single steps.</summary>
    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        var steps = scenario.Steps;
        for (var size = steps.Count / 2; size >= 1; size /= 2)
            for (var from = 0; from + size <= steps.Count; from += size)
                yield return new Scenario([.. steps.Take(from), .. steps.Skip(from + size)]);
        // What fails without overlapping is easier to understand.
        if (steps.Any(step => !step.Alone)) yield return new Scenario([.. steps.Select(step => step with { Alone = true })]);
    }
}

using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>Does the steps of a scenario on one device. What the rules refuse is refused, and the next step follows.</summary>
internal sealed class Acting(Device device, IReadOnlyList<Person> people, IReadOnlyList<long> allChats, IReadOnlyList<Uri> nodes)
{
    private static readonly string[] Emoji = ["👍", "❤️", "😂"];
    private static readonly string[] Wide = ["send_text", "send_media", "react", "pin", "add_members", "change_info"];
    private static readonly string[] Narrow = ["send_text", "react"];
    private static int _texts;

    public async Task DoAsync(Step step)
    {
        var before = $"{step}";
        try
        {
            var what = await ActAsync(step);
            device.Findings.Happened($"{before}: {what ?? "nothing to do it to"}");
        }
        catch (RefusedException refused)
        {
            device.Findings.Happened($"{before}: {refused.Message}");
        }
        catch (BrokenOffException)
        {
            device.Findings.Happened($"{before}: broken off");
        }
    }

    private async Task<object?> ActAsync(Step step)
    {
        if (step.Act is Act.Reconnect) return await ReconnectAsync(step.Target);
        if (step.Act is Act.Disconnect) return await BreakOffAsync();
        if (ChatOf(step) is not { } chat) return null;
        if (step.Act <= Act.SendAndBreakOff) return await new Sending(device, people).DoAsync(step, chat, NewText);
        if (device.Connected is not { } connected) return "is away";
        return step.Act switch
        {
            <= Act.Unpin => await OnMessageAsync(connected, step, chat),
            <= Act.Disappear => await InChatAsync(connected, step, chat),
            _ => await OfOnesOwnAsync(connected, step, chat),
        };
    }

    private async Task<object> ReconnectAsync(int target)
    {
        if (device.Connected is not null) return "is connected";
        await device.ConnectAsync(nodes[target % nodes.Count]);
        await device.SendOutboxAsync();
        return "back";
    }

    private async Task<object> BreakOffAsync()
    {
        await device.BreakOffAsync();
        return "away";
    }

    private async Task<object?> OnMessageAsync(CatchUp connected, Step step, long chat)
    {
        if (MessageOf(step, chat) is not { } id) return null;
        return step.Act switch
        {
            // Not into the channel: there one would not know one's own by a name that one gave.
            Act.Forward => await connected.CallAsync<ForwardMessagesResult>(
                nameof(ChatHub.ForwardMessages), new ForwardMessagesRequest(Guid.NewGuid(), chat, [id], [allChats[step.Target % (allChats.Count - 1)]])),
            Act.Edit => await Change(nameof(ChatHub.EditMessage), new EditMessageRequest(chat, id, NewText("edit"))),
            Act.DeleteForAll => await connected.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [id], true)),
            Act.DeleteForMe => await HideAsync(connected, chat, id),
            Act.React => await Change(nameof(ChatHub.SetReaction), new SetReactionRequest(chat, id, Emoji[step.Target % Emoji.Length])),
            Act.TakeBackReaction => await Change(nameof(ChatHub.SetReaction), new SetReactionRequest(chat, id)),
            Act.Vote => await Change(nameof(ChatHub.VotePoll), new VotePollRequest(chat, id, ChoiceOf(step.Target))),
            Act.ClosePoll => await Change(nameof(ChatHub.ClosePoll), new ClosePollRequest(chat, id)),
            Act.Pin => await Change(nameof(ChatHub.PinMessage), new PinMessageRequest(chat, id)),
            _ => await Change(nameof(ChatHub.UnpinMessage), new UnpinMessageRequest(chat, id)),
        };

        Task<MessageChangeResult> Change(string method, object request) => connected.CallAsync<MessageChangeResult>(method, request);
    }

    private async Task<object> HideAsync(CatchUp connected, long chat, long messageId)
    {
        bool isThere;
        lock (device.Gate) isThere = device.Chats.TryGetValue(chat, out var held) && held.Shown.Any(m => m.MessageId == messageId);
        var result = await connected.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [messageId]));
        // What was not there could not be hidden, and may come.
        if (isThere) device.Person.Hid(chat, messageId);
        return result;
    }

    private async Task<object?> InChatAsync(CatchUp connected, Step step, long chat)
    {
        var person = people[step.Target % people.Count].UserId;
        switch (step.Act)
        {
            case Act.MarkDelivered or Act.MarkRead:
                return await MarkAsync(connected, step, chat);
            case Act.Leave:
                var left = await Membership(nameof(ChatHub.LeaveGroup), new LeaveGroupRequest(chat));
                lock (device.Gate) connected.Left(chat);
                return left;
            case Act.JoinChannel:
                var joined = await connected.CallAsync<ChatView>(nameof(ChatHub.JoinChannel), new JoinChannelRequest(allChats[^1]));
                lock (device.Gate) connected.Meet(joined.ChatId);
                return joined.ChatId;
            case Act.Disappear:
                return await connected.CallAsync<SetDisappearingResult>(
                    nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(chat, step.Target % 2 == 0 ? 86_400 : null));
        }
        return step.Act switch
        {
            Act.AddMember => await Membership(nameof(ChatHub.AddMembers), new AddMembersRequest(chat, [person])),
            Act.RemoveMember => await Membership(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(chat, person)),
            Act.Promote => await Membership(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(chat, person)),
            Act.Demote => await Membership(nameof(ChatHub.DemoteMember), new DemoteMemberRequest(chat, person)),
            Act.TransferOwnership => await Membership(nameof(ChatHub.TransferOwnership), new TransferOwnershipRequest(chat, person)),
            Act.SetDefaultPermissions => await Membership(
                nameof(ChatHub.SetDefaultPermissions), new SetDefaultPermissionsRequest(chat, step.Target % 3 == 0 ? Narrow : Wide)),
            Act.SetMemberPermissions => await Membership(
                nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(chat, person, step.Target % 3 == 0 ? null : Wide)),
            Act.Silence => await Membership(nameof(ChatHub.SilenceMember), new SilenceMemberRequest(chat, person, step.Target < 6 ? 3600 : null)),
            Act.Rename => await Membership(nameof(ChatHub.UpdateChatInfo), new UpdateChatInfoRequest(chat, NewText("title"), NewText("about"))),
            _ => await Membership(nameof(ChatHub.SetSlowMode), new SetSlowModeRequest(chat, step.Target % 3 == 0 ? 1 : null)),
        };

        Task<MembershipResult> Membership(string method, object request) => connected.CallAsync<MembershipResult>(method, request);
    }

    private async Task<object?> MarkAsync(CatchUp connected, Step step, long chat)
    {
        long upTo;
        WatermarksView known;
        lock (device.Gate)
        {
            if (!device.Chats.TryGetValue(chat, out var held)) return null;
            (upTo, known) = (held.Messages.UpTo - (step.Target % 3), held.Watermarks);
        }
        if (upTo < 1) return null;
        var marks = await connected.CallAsync<MarkResult>(
            step.Act is Act.MarkRead ? nameof(ChatHub.MarkRead) : nameof(ChatHub.MarkDelivered), new MarkRequest(chat, upTo));
        lock (device.Gate) device.Chats.GetValueOrDefault(chat)?.ApplyOwnMarks(marks);
        var read = step.Act is Act.MarkRead ? Math.Max(upTo, known.ReadUpTo) : known.ReadUpTo;
        if (marks.DeliveredUpTo < Math.Max(upTo, known.DeliveredUpTo) || marks.ReadUpTo < read)
            device.Findings.Fault($"{device.Name} knew of {known}, marked up to {upTo}, and was answered {marks}.");
        return marks;
    }

    private async Task<object?> OfOnesOwnAsync(CatchUp connected, Step step, long chat)
    {
        var other = people[(people.ToList().FindIndex(p => p.UserId == device.Me) + 1 + (step.Target % (people.Count - 1))) % people.Count].UserId;
        switch (step.Act)
        {
            case Act.Block: return await connected.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(other));
            case Act.Unblock: return await connected.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(other));
            case Act.PinChats:
                var pins = await connected.CallAsync<PinChatsResult>(nameof(ChatHub.PinChats), new PinChatsRequest(step.Target % 3 == 0 ? [] : [chat]));
                lock (device.Gate)
                    foreach (var pin in pins.Changed) device.Chats.GetValueOrDefault(pin.ChatId)?.ApplySettings(pin.Settings);
                return pins;
            case Act.Schedule:
                var waiting = await connected.CallAsync<ScheduledMessageView>(nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(
                    chat, Guid.NewGuid(), TimeProvider.System.GetUtcNow().AddDays(1).UtcDateTime, NewText("later")));
                lock (device.Gate) device.Scheduled.Add(waiting.ScheduledId);
                return waiting;
            case Act.CancelScheduled:
                long id;
                lock (device.Gate) id = device.Scheduled.FirstOrDefault();
                if (id == 0) return null;
                var canceled = await connected.CallAsync<ScheduledMessageView>(nameof(ChatHub.CancelScheduled), new CancelScheduledRequest(id));
                lock (device.Gate) device.Scheduled.Remove(id);
                return canceled;
        }
        var (method, request) = step.Act switch
        {
            Act.Mute => (nameof(ChatHub.MuteChat), (object)new MuteChatRequest(chat, step.Target % 3 == 0 ? null : new DateTime(2033, 1, 1, 0, 0, 0, DateTimeKind.Utc))),
            Act.Archive => (nameof(ChatHub.ArchiveChat), new ArchiveChatRequest(chat, step.Target % 3 > 0)),
            Act.MarkUnread => (nameof(ChatHub.MarkChatUnread), new MarkChatUnreadRequest(chat, step.Target % 3 > 0)),
            _ => (nameof(ChatHub.SetDraft), new SetDraftRequest(chat, step.Target % 3 == 0 ? null : NewText("draft"))),
        };
        var settings = await connected.CallAsync<ChatSettingsView>(method, request);
        lock (device.Gate) device.Chats.GetValueOrDefault(chat)?.ApplySettings(settings);
        return settings;
    }

    /// <summary>Mostly a chat that the device holds; now and then any, which it may not be in.</summary>
    private long? ChatOf(Step step)
    {
        if (step.Chat == 7) return allChats[step.Target % allChats.Count];
        lock (device.Gate)
        {
            var held = allChats.Where(device.Chats.ContainsKey).ToList();
            return held.Count == 0 ? null : held[step.Chat % held.Count];
        }
    }

    private long? MessageOf(Step step, long chat)
    {
        lock (device.Gate)
        {
            if (!device.Chats.TryGetValue(chat, out var held)) return step.Target + 1;
            var shown = held.Shown.Where(m => step.Act switch
            {
                Act.Vote or Act.ClosePoll => m.Poll is not null,
                Act.Edit or Act.DeleteForAll => m.Type != MessageTypes.System && (step.Target % 4 == 0 || device.Person.Wrote(m)),
                Act.Unpin => m.Pinned == true,
                Act.DeleteForMe => true,
                _ => m.Type != MessageTypes.System,
            }).Select(m => m.MessageId).ToList();
            return shown.Count == 0 ? null : shown[^(1 + (step.Target % Math.Min(shown.Count, 6)))];
        }
    }

    private static int[] ChoiceOf(int target) => (target % 4) switch { 0 => [], 1 => [0], 2 => [1], _ => [0, 2] };

    /// <summary>Texts are never the same, so what somebody must not see can be told.</summary>
    private static string NewText(string what) => $"{what} {Interlocked.Increment(ref _texts)}";
}

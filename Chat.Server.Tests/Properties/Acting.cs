namespace Chat.Server.Tests.Properties;

/// <summary>Does the steps of a scenario on one device. What the rules refuse is refused, and the next step follows.</summary>
internal sealed class Acting(Device device, Scene scene)
{
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
        if (step.Act is Act.TimePasses) return await new PassingTime(scene).PassAsync(chat, step.Target);
        if (step.Act <= Act.SendAndBreakOff) return await new Sending(device).DoAsync(step, chat);
        if (device.Connected is not { } connected) return "is away";
        return step.Act switch
        {
            <= Act.Unpin => await new MessageActs(device, connected).DoAsync(step, chat),
            <= Act.Disappear => await new ChatActs(device, connected).DoAsync(step, chat),
            <= Act.AnswerJoinRequest => await new DoorActs(device, connected).DoAsync(step, chat),
            <= Act.CancelScheduled => await new OwnActs(device, connected).DoAsync(step, chat),
            <= Act.Notify => await new PrivacyActs(device, connected).DoAsync(step),
            _ => await new Looking(device, connected).DoAsync(step, chat),
        };
    }

    private async Task<object> ReconnectAsync(int target)
    {
        if (device.Connected is not null) return "is connected";
        await device.ConnectAsync(scene.Addresses[target % scene.Addresses.Count]);
        await device.SendOutboxAsync();
        return "back";
    }

    private async Task<object> BreakOffAsync()
    {
        await device.BreakOffAsync();
        return "away";
    }

    /// <summary>Mostly a chat that the device holds, where there is something to do; now and then any, which it may not be in.</summary>
    private long? ChatOf(Step step)
    {
        if (step.Chat == Step.AnyChat) return scene.Chats[step.Target % scene.Chats.Count];
        lock (device.Gate)
        {
            var held = scene.Chats.Where(device.Chats.ContainsKey).ToList();
            var fitting = held.Where(id => Fits(step, device.Chats[id])).ToList();
            if (fitting.Count > 0 && step.Chat != Step.HeldChat) held = fitting;
            return held.Count == 0 ? null : held[step.Chat % held.Count];
        }
    }

    private bool Fits(Step step, ChatState chat) => step.Act switch
    {
        >= Act.Forward and <= Act.Unpin => new MessageActs(device, device.Connected).FindAny(step, chat),
        Act.MarkDelivered => chat.Messages.UpTo > chat.Watermarks.DeliveredUpTo,
        // Direct chats are where somebody may not be told.
        Act.MarkRead => chat.Messages.UpTo > chat.Watermarks.ReadUpTo && (step.Target % 2 == 0 || chat.IsDirect),
        Act.AnswerJoinRequest => scene.Doors.Asked.Keys.Any(asked => asked.ChatId == chat.Head.ChatId) && chat.Head.Permissions.Contains("manage_invites"),
        Act.RevokeInvite => scene.Doors.Invites.Any(invite => invite.ChatId == chat.Head.ChatId) && chat.Head.Permissions.Contains("manage_invites"),
        Act.CreateInvite => !chat.IsDirect && chat.Head.Permissions.Contains("manage_invites"),
        Act.Ban or Act.Unban or Act.RemoveMember or Act.Silence => !chat.IsDirect && chat.Head.Permissions.Contains("restrict_members"),
        Act.AddMember => !chat.IsDirect && chat.Head.Permissions.Contains("add_members"),
        Act.SlowMode or Act.Rename or Act.ChatPicture => !chat.IsDirect && chat.Head.Permissions.Contains("change_info"),
        Act.Promote or Act.Demote or Act.SetMemberPermissions or Act.SetDefaultPermissions => chat.Head.Permissions.Contains("manage_roles"),
        Act.Leave or Act.TransferOwnership => !chat.IsDirect,
        Act.TimePasses => chat.Shown.Any(m => m.ExpiresAt is not null),
        _ => true,
    };
}

using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>What concerns oneself alone: blocks, settings of chats, messages for later.</summary>
internal sealed class OwnActs(Device device, CatchUp connected)
{
    public async Task<object?> DoAsync(Step step, long chat)
    {
        var other = device.OtherThanMe(step.Target).UserId;
        return step.Act switch
        {
            Act.Block => await connected.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(other)),
            Act.Unblock => await connected.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(other)),
            Act.PinChats => await PinAsync(step.Target % 3 == 0 ? [] : [chat]),
            Act.Mute => await SetAsync(
                chat, nameof(ChatHub.MuteChat), new MuteChatRequest(chat, step.Target % 3 == 0 ? null : new DateTime(2033, 1, 1, 0, 0, 0, DateTimeKind.Utc))),
            Act.Archive => await SetAsync(chat, nameof(ChatHub.ArchiveChat), new ArchiveChatRequest(chat, step.Target % 3 > 0)),
            Act.MarkUnread => await SetAsync(chat, nameof(ChatHub.MarkChatUnread), new MarkChatUnreadRequest(chat, step.Target % 3 > 0)),
            Act.Draft => await SetAsync(chat, nameof(ChatHub.SetDraft), new SetDraftRequest(chat, step.Target % 3 == 0 ? null : Scene.NewText("draft"))),
            Act.Schedule => await ScheduleAsync(chat, step.Target),
            _ => await ChangeScheduledAsync(step),
        };
    }

    private async Task<object> SetAsync(long chat, string method, object request)
    {
        var settings = await connected.CallAsync<ChatSettingsView>(method, request);
        lock (device.Gate) device.Chats.GetValueOrDefault(chat)?.ApplySettings(settings);
        return settings;
    }

    private async Task<object> PinAsync(long[] chats)
    {
        var pins = await connected.CallAsync<PinChatsResult>(nameof(ChatHub.PinChats), new PinChatsRequest(chats));
        lock (device.Gate)
            foreach (var pin in pins.Changed) device.Chats.GetValueOrDefault(pin.ChatId)?.ApplySettings(pin.Settings);
        return pins;
    }

    private async Task<object> ScheduleAsync(long chat, int target)
    {
        var (id, later) = (Guid.NewGuid(), new Later(chat));
        device.Person.Later.TryAdd(id, later);
        var media = target % 4 == 0 ? device.Person.Uploads.LastOrDefault() : 0;
        var waiting = await connected.CallAsync<ScheduledMessageView>(nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(
            chat, id, DaysFromNow(1), Scene.NewText("later"), MediaId: media == 0 ? null : media));
        later.ScheduledId = waiting.ScheduledId;
        lock (device.Gate) connected.LoadScheduled();
        return waiting;
    }

    private async Task<object?> ChangeScheduledAsync(Step step)
    {
        long id;
        lock (device.Gate) id = device.Scheduled.Count == 0 ? 0 : device.Scheduled[step.Target % device.Scheduled.Count].ScheduledId;
        if (id == 0) return null;
        var changed = step.Act is Act.MoveScheduled
            ? await connected.CallAsync<ScheduledMessageView>(nameof(ChatHub.MoveScheduled), new MoveScheduledRequest(id, DaysFromNow(2)))
            : await connected.CallAsync<ScheduledMessageView>(nameof(ChatHub.CancelScheduled), new CancelScheduledRequest(id));
        if (step.Act is Act.CancelScheduled) device.Person.Later[changed.Message.ClientMessageId].IsCanceled = true;
        lock (device.Gate) connected.LoadScheduled();
        return changed;
    }

    private static DateTime DaysFromNow(int days) => TimeProvider.System.GetUtcNow().AddDays(days).UtcDateTime;
}

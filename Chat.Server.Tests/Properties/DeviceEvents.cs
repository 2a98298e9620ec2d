using Chat.Server.Hubs;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Server.Tests.Properties;

/// <summary>What each event does to what a device holds.</summary>
internal static class DeviceEvents
{
    public static void Subscribe(Device device, CatchUp connected)
    {
        var hub = connected.Session.Hub;

        void On<T>(string name, Func<T, long?> chatOf, Action<T, ChatState?> apply) => hub.On<T>(name, heard =>
        {
            if (connected.Session.IsBrokenOff) return;
            device.Findings.Happened($"{device.Name} hears {name} {Short(heard)}");
            if (chatOf(heard) is { } chatId) device.Person.HeardOf.TryAdd(chatId, 0);
            lock (device.Gate)
            {
                var chat = chatOf(heard) is { } id ? device.Chats.GetValueOrDefault(id) : null;
                apply(heard, chat);
                if (chat is not null) connected.WatchHole(chat);
            }
        });

        On<MessageView>(nameof(IChatClient.MessagePosted), m => m.ChatId, (message, chat) =>
        {
            device.Person.Saw(message);
            if (chat is null) connected.Meet(message.ChatId);
            else connected.Post(chat, message);
        });
        On<MessageChangedEvent>(nameof(IChatClient.MessageChanged), c => c.ChatId, (change, chat) =>
        {
            device.Person.Saw(change.Message);
            if (chat is null) connected.Meet(change.ChatId);
            else chat.ApplyChange(change);
        });
        On<MessagesHiddenEvent>(nameof(IChatClient.MessagesHidden), h => h.ChatId, (hidden, chat) => chat?.ApplyHidden(hidden));
        On<ReceiptsAdvancedEvent>(nameof(IChatClient.ReceiptsAdvanced), r => r.ChatId, (receipts, chat) =>
        {
            foreach (var receipt in receipts.Receipts)
            {
                connected.Order.Heard(receipts.ChatId, receipt);
                device.Person.Readings.Find(r => r.ChatId == receipts.ChatId)?.Heard(device.Person, receipt);
                chat?.ApplyReceipt(receipt);
            }
            // The head of it that is on its way may be from before.
            if (chat is null) connected.Meet(receipts.ChatId);
        });
        On<ChatUpdatedEvent>(nameof(IChatClient.ChatUpdated), c => c.ChatId, (updated, _) => connected.Meet(updated.ChatId));
        On<ChatRemovedEvent>(nameof(IChatClient.ChatRemoved), c => c.ChatId, (removed, _) => connected.Left(removed.ChatId));
        On<ChatSettingsChangedEvent>(nameof(IChatClient.ChatSettingsChanged), c => c.ChatId, (changed, chat) => chat?.ApplySettings(changed.Settings));
        On<ScheduledChangedEvent>(nameof(IChatClient.ScheduledChanged), _ => null, (_, _) => connected.LoadScheduled());
        On<SettingsView>(nameof(IChatClient.SettingsChanged), _ => null, (settings, _) => device.Apply(settings));
        On<JoinRequestedEvent>(nameof(IChatClient.JoinRequested), r => r.ChatId, (_, _) => { });
        On<JoinRequestAnsweredEvent>(nameof(IChatClient.JoinRequestAnswered), a => a.ChatId, (answer, chat) =>
        {
            if (answer.ChatId is { } chatId && chat is null) connected.Meet(chatId);
        });
        On<TypingChangedEvent>(nameof(IChatClient.TypingChanged), t => t.ChatId, (_, _) => { });
        On<ResyncRequiredEvent>(nameof(IChatClient.ResyncRequired), r => r.ChatId, (resync, chat) =>
        {
            if (resync.ChatId is not { } chatId) device.Run(connected.EverythingAsync);
            else if (chat is null) connected.Meet(chatId);
            else connected.Sync(chatId);
        });
    }

    private static string Short<T>(T heard) => heard switch
    {
        MessageView m => $"{m.ChatId}#{m.MessageId} {m.Type} {m.Text ?? m.System?.Kind}",
        MessageChangedEvent c => $"{c.ChatId} change {c.ChangeId} {c.Kind} of #{c.Message?.MessageId} by {c.ActorId} {c.Emoji}",
        MessagesHiddenEvent h => $"{h.ChatId} hide {h.HideId} of {string.Join(',', h.MessageIds)}",
        ReceiptsAdvancedEvent r => $"{r.ChatId} {string.Join(", ", r.Receipts.Select(x => $"{x.UserId}: {x.DeliveredUpTo}/{x.ReadUpTo}"))}",
        _ => heard?.ToString() ?? "",
    };
}

using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Settings;

/// <summary>Tells a person's other devices what was set on one.</summary>
public sealed class SettingsNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<SettingsNotifier> logger)
{
    /// <param name="connectionId">Has the call's result instead.</param>
    public void Changed(long userId, string connectionId, SettingsView settings) =>
        hub.Clients.GroupExcept(GroupNames.User(userId), [connectionId]).SettingsChanged(settings).Forget(logger);

    /// <param name="connectionId">Has the call's result instead.</param>
    public void Changed(long userId, string connectionId, ChatSettingsChangedEvent changed) =>
        hub.Clients.GroupExcept(GroupNames.User(userId), [connectionId]).ChatSettingsChanged(changed).Forget(logger);
}

using Chat.Data.Scheduling;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Scheduling;

/// <summary>Tells an author's devices what becomes of a message that waits for its time.</summary>
public sealed class ScheduledNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<ScheduledNotifier> logger)
{
    /// <param name="connectionId">Has the call's result instead; empty for nobody.</param>
    /// <param name="messageId">Once it is sent.</param>
    public void Changed(long userId, string connectionId, ScheduledRow row, string state, long? messageId = null) =>
        hub.Clients.GroupExcept(GroupNames.User(userId), [connectionId])
            .ScheduledChanged(new ScheduledChangedEvent(state, row.ToView(), messageId)).Forget(logger);
}

using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>Pushes through SignalR's own interfaces, one event and group at a time: for a backplane that is not ours.</summary>
internal sealed class HubContextPushes(IHubContext<ChatHub, IChatClient> hub, ILogger<HubContextPushes> logger) : IEventPushes
{
    public void Push(IReadOnlyList<string> groups, IReadOnlyList<PushedEvent> events)
    {
        foreach (var pushed in events)
            foreach (var group in groups)
                Call(pushed.Except is { } except ? hub.Clients.GroupExcept(group, [except]) : hub.Clients.Group(group), pushed.Event).Forget(logger);
    }

    private static Task Call(IChatClient clients, object pushed) => pushed switch
    {
        MessageView message => clients.MessagePosted(message),
        MessageChangedEvent change => clients.MessageChanged(change),
        ReceiptsAdvancedEvent receipts => clients.ReceiptsAdvanced(receipts),
        _ => throw new InvalidOperationException($"No event takes a {pushed.GetType().Name}."),
    };
}

using Chat.Data.Chats;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Presence;
using Chat.Server.Hubs;
using Chat.Server.Realtime.Outputs;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>
/// Sets a connection up: it is subscribed to everything of its user before its first call is answered, so a client that
/// catches up after connecting misses nothing in between.
/// </summary>
public sealed class ConnectionLifecycle(
    ConnectionRegistry registry,
    ISessionGuard sessions,
    IRosterReader rosters,
    PresenceTracker presence,
    StalledOutputs stalled,
    IHubContext<ChatHub, IChatClient> hub)
{
    public async Task ConnectedAsync(HubCallerContext context)
    {
        var userId = context.UserId();
        ClientOutput.Watch(context.Features, stalled);
        var connection = new LocalConnection(context.ConnectionId, userId, context.User!.SessionId(), context.Abort);
        registry.Add(connection);
        try
        {
            // The token was checked when the socket opened; the session may have ended since, when nobody knew of this
            // connection to close it. From here on the registry does.
            // These reads are short: to call one off costs a connection to the database.
            await sessions.EnsureLiveAsync(context.User!, CancellationToken.None);
            await hub.Groups.AddToGroupAsync(context.ConnectionId, GroupNames.User(userId), CancellationToken.None);
            await JoinChatsAsync(context, userId);
            connection.SetUp();
            presence.Connected(userId, context.ConnectionId);
        }
        catch
        {
            // SignalR reports no end of a connection whose beginning failed.
            Disconnected(context);
            throw;
        }
        finally
        {
            var request = context.GetHttpContext();
            ConnectionAdmission.Done(request);
            HubEntrance.Forget(request);
        }
    }

    public void Disconnected(HubCallerContext context)
    {
        registry.Remove(context.UserId(), context.ConnectionId);
        presence.Disconnected(context.ConnectionId);
    }

    private async Task JoinChatsAsync(HubCallerContext context, long userId)
    {
        IReadOnlyList<long> joined = [];
        int version;
        do
        {
            // Somebody may add or remove this user while the list is being read and joined: then once more.
            version = registry.MembershipVersion(userId);
            var chatIds = await rosters.ListGroupIdsAsync(userId, CancellationToken.None);
            foreach (var gone in joined.Except(chatIds))
                await hub.Groups.RemoveFromGroupAsync(context.ConnectionId, GroupNames.Chat(gone), CancellationToken.None);
            foreach (var chatId in chatIds.Except(joined))
                await hub.Groups.AddToGroupAsync(context.ConnectionId, GroupNames.Chat(chatId), CancellationToken.None);
            joined = chatIds;
        }
        while (version != registry.MembershipVersion(userId));
    }
}

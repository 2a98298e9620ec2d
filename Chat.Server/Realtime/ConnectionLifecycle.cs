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
            // These reads are short, and go together: to call one off costs a connection to the database.
            var memberships = ListMembershipsAsync(userId);
            await Task.WhenAll(sessions.EnsureLiveAsync(context.User!, CancellationToken.None), memberships);
            await hub.Groups.AddToGroupAsync(context.ConnectionId, GroupNames.User(userId), CancellationToken.None);
            await JoinChatsAsync(context, userId, await memberships);
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

    private async Task<Memberships> ListMembershipsAsync(long userId)
    {
        var version = registry.MembershipVersion(userId);
        return new Memberships(version, await rosters.ListGroupIdsAsync(userId, CancellationToken.None));
    }

    private async Task JoinChatsAsync(HubCallerContext context, long userId, Memberships listed)
    {
        IReadOnlyList<long> joined = [];
        while (true)
        {
            foreach (var gone in joined.Except(listed.ChatIds))
                await hub.Groups.RemoveFromGroupAsync(context.ConnectionId, GroupNames.Chat(gone), CancellationToken.None);
            foreach (var chatId in listed.ChatIds.Except(joined))
                await hub.Groups.AddToGroupAsync(context.ConnectionId, GroupNames.Chat(chatId), CancellationToken.None);
            joined = listed.ChatIds;
            // Somebody may have added or removed this user while the list was being read and joined: then once more.
            if (listed.Version == registry.MembershipVersion(userId)) return;
            listed = await ListMembershipsAsync(userId);
        }
    }

    private sealed record Memberships(int Version, IReadOnlyList<long> ChatIds);
}

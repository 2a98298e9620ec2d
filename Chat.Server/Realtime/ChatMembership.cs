using Chat.Data;
using Chat.Data.Chats;
using Chat.Server.Hubs;
using Chat.Server.Realtime.Cluster;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>Lets the connections of users follow their membership of a group.</summary>
public sealed class ChatMembership(ConnectionRegistry registry, RosterCache rosters, IHubContext<ChatHub, IChatClient> hub, IClusterBus bus) : IDisposable
{
    // Two changes of one chat, each followed by a reading of the roster, must not overtake each other: the later
    // reading wins, so it has to be the later application as well.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>
    /// After a committed change: forgets the cached roster, reads it again, and lets the connections of these users join or
    /// leave accordingly, on every node. Safe to repeat. While the roster cannot be read they leave: who belongs to it comes back with the
    /// next connection, and who does not must hear nothing more.
    /// </summary>
    public async Task RefreshAsync(long chatId, IReadOnlyList<long> userIds)
    {
        bus.Tell(new ClusterNews(ClusterNewsKinds.MembersChanged, chatId, userIds));
        await RefreshHereAsync(chatId, userIds);
    }

    /// <summary>As <see cref="RefreshAsync"/>, for the connections of this node only.</summary>
    public async Task RefreshHereAsync(long chatId, IReadOnlyList<long> userIds)
    {
        rosters.Invalidate(chatId);
        var turn = _turns[(int)((ulong)chatId % (ulong)_turns.Length)];
        await turn.WaitAsync();
        try
        {
            foreach (var userId in userIds) registry.MembershipChanged(userId);
            var roster = await ReadAsync(chatId);
            foreach (var userId in userIds) await ApplyAsync(chatId, userId, isMember: roster?.Has(userId) ?? false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var turn in _turns) turn.Dispose();
    }

    private async Task<Roster?> ReadAsync(long chatId)
    {
        try
        {
            return await rosters.GetAsync(chatId);
        }
        catch (DataUnavailableException)
        {
            return null;
        }
    }

    private async Task ApplyAsync(long chatId, long userId, bool isMember)
    {
        foreach (var connection in registry.Of(userId))
        {
            if (isMember) await hub.Groups.AddToGroupAsync(connection.ConnectionId, GroupNames.Chat(chatId));
            else await hub.Groups.RemoveFromGroupAsync(connection.ConnectionId, GroupNames.Chat(chatId));
        }
    }
}

using Chat.Data;
using Chat.Data.Chats;
using Chat.Server.Hubs;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Cluster;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>
/// Lets the connections of users follow their membership of a group or channel. Who reads a channel is in no roster: those concerned who are
/// connected here are looked up, whatever the number of its readers.
/// </summary>
public sealed class ChatMembership(
    ConnectionRegistry registry,
    RosterCache rosters,
    IRosterReader reader,
    IHubContext<ChatHub, IChatClient> hub,
    IConnectionGroups groups,
    ConnectionNotifier notifier,
    IClusterBus bus) : IDisposable
{
    /// <summary>Users in one statement.</summary>
    private const int BatchSize = 500;

    // Two changes of one chat, each followed by a reading of the roster, must not overtake each other: the later
    // reading wins, so it has to be the later application as well.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>
    /// After a committed change: forgets the cached roster, reads it again, and lets the connections of these users join or
    /// leave accordingly, on every node. Safe to repeat. While the roster cannot be read they leave: who belongs to it comes back with the
    /// next check of the connections, and who does not must hear nothing more.
    /// </summary>
    public async Task RefreshAsync(long chatId, IReadOnlyList<long> userIds)
    {
        bus.Tell(new ClusterNews(ClusterNewsKinds.MembersChanged, chatId, userIds));
        await RefreshHereAsync(chatId, userIds, Told.Nobody);
    }

    /// <summary>As <see cref="RefreshAsync"/>, for readers of a channel: the roster, which does not hold them, stays what it is.</summary>
    public async Task RefreshReadersAsync(long chatId, IReadOnlyList<long> userIds)
    {
        bus.Tell(new ClusterNews(ClusterNewsKinds.ReadersChanged, chatId, userIds));
        await ApplyAsync(chatId, _ => userIds, Told.Nobody, forget: false);
    }

    /// <summary>As <see cref="FollowAsync"/>, for readers of a channel.</summary>
    public Task FollowReadersAsync(long chatId, IReadOnlyList<long> userIds) => ApplyAsync(chatId, _ => userIds, Told.WhoJoins, forget: false);

    /// <summary>
    /// What another node told. What that node pushed meanwhile may have come before this one let the new members join, so they are asked
    /// to catch up.
    /// </summary>
    public Task FollowAsync(long chatId, IReadOnlyList<long> userIds) => RefreshHereAsync(chatId, userIds, Told.WhoJoins);

    /// <summary>
    /// After a send that found another roster than this node believed in, so the news of it is late or lost: compares everybody who is
    /// subscribed, or should be, on every node.
    /// </summary>
    public async Task CompareAsync(long chatId)
    {
        bus.Tell(new ClusterNews(ClusterNewsKinds.RosterChanged, chatId, []));
        await CompareHereAsync(chatId);
    }

    /// <summary>As <see cref="CompareAsync"/>, for the connections of this node only. Tells those who were wrongly in or out.</summary>
    public Task CompareHereAsync(long chatId) =>
        ApplyAsync(chatId, roster => SubscribersOf(chatId).Union(roster?.Members.Keys ?? []).ToList(), Told.Everybody);

    /// <summary>As <see cref="CompareHereAsync"/>, for the connections of these users.</summary>
    public Task CompareHereAsync(long chatId, IReadOnlyList<long> userIds) => ApplyAsync(chatId, _ => userIds, Told.Everybody);

    public void Dispose()
    {
        foreach (var turn in _turns) turn.Dispose();
    }

    private Task RefreshHereAsync(long chatId, IReadOnlyList<long> userIds, Told told)
    {
        rosters.Invalidate(chatId);
        return userIds.Count == 0 ? Task.CompletedTask : ApplyAsync(chatId, _ => userIds, told);
    }

    private async Task ApplyAsync(long chatId, Func<Roster?, IReadOnlyList<long>> choose, Told told, bool forget = true)
    {
        if (forget) rosters.Invalidate(chatId);
        var turn = _turns[(int)((ulong)chatId % (ulong)_turns.Length)];
        await turn.WaitAsync();
        try
        {
            var roster = await ReadAsync(chatId);
            var userIds = choose(roster);
            var members = await FindMembersAsync(chatId, roster, userIds);
            foreach (var userId in userIds)
            {
                registry.MembershipChanged(userId);
                foreach (var connection in registry.Of(userId)) await ApplyAsync(chatId, members, connection, told);
            }
        }
        finally
        {
            turn.Release();
        }
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

    /// <returns>Whether a user is in the chat; null while nobody can tell.</returns>
    private async Task<Func<long, bool>?> FindMembersAsync(long chatId, Roster? roster, IReadOnlyList<long> userIds)
    {
        if (roster is null) return null;
        if (!roster.IsChannel) return roster.Has;
        try
        {
            var present = new HashSet<long>();
            foreach (var batch in userIds.Where(id => registry.Of(id).Count > 0).Chunk(BatchSize))
                present.UnionWith(await reader.ListPresentAsync(chatId, batch, CancellationToken.None));
            return present.Contains;
        }
        catch (DataUnavailableException)
        {
            return null;
        }
    }

    private async Task ApplyAsync(long chatId, Func<long, bool>? members, LocalConnection connection, Told told)
    {
        var name = GroupNames.Chat(chatId);
        var isMember = members?.Invoke(connection.UserId) ?? false;
        // A connection that is being set up has not asked for anything yet, so it has missed nothing.
        var tell = told >= (isMember ? Told.WhoJoins : Told.Everybody)
            && connection.IsSetUp && groups.IsIn(connection.ConnectionId, name) != isMember;

        if (isMember) await hub.Groups.AddToGroupAsync(connection.ConnectionId, name);
        else await hub.Groups.RemoveFromGroupAsync(connection.ConnectionId, name);

        if (!tell || members is null) return;
        if (isMember) notifier.Missed(connection.ConnectionId, chatId, "this connection was not subscribed to the chat");
        else notifier.Removed(connection.ConnectionId, chatId);
    }

    private IEnumerable<long> SubscribersOf(long chatId)
    {
        var name = GroupNames.Chat(chatId);
        return registry.All().Where(connection => groups.IsIn(connection.ConnectionId, name)).Select(connection => connection.UserId);
    }

    /// <summary>Which connections hear of it that they are in or out now, each including those before it.</summary>
    private enum Told
    {
        Nobody,
        WhoJoins,
        Everybody,
    }
}

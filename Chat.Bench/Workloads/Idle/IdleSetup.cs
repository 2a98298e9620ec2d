using Chat.Bench.Client;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Seeding;

namespace Chat.Bench.Workloads.Idle;

/// <summary>Makes the people of a run, and for the product the groups that they are in.</summary>
internal static class IdleSetup
{
    /// <returns>The users, and the groups of the first of them.</returns>
    public static async Task<(IReadOnlyList<BenchUser> Users, IReadOnlyList<long> ChatIds)> MakeAsync(
        ServerUnderTest server, IdleOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        if (server.Kind is not ServerKind.Product)
        {
            if (server.Kind is ServerKind.Naive) await new Servers.NaiveStore(server.Database!).CreateAsync([], cancellationToken);
            return ([.. Enumerable.Range(1, options.Connections).Select(id => BenchUsers.Bare(server.Hub, id))], []);
        }
        var shape = new ChatShape(
            options.Connections * options.ChatsPerUser / IdleOptions.MembersPerChat, MessagesPerChat: 0, IdleOptions.MembersPerChat, options.ChatsPerUser).Checked();
        var database = server.Database ?? throw new BenchException("The groups are put into the product's database; it must be known (--database).");
        var users = await output.PhaseAsync($"Product: making {options.Connections:N0} users", _ =>
            SeededSessions.AddAsync(database, server.Hub, options.Connections, TimeProvider.System, cancellationToken));
        var chatIds = await output.PhaseAsync($"Product: making {shape.Chats:N0} groups", progress =>
            new ChatSeeder(database, shape, TimeProvider.System).SeedAsync([.. users.Select(u => u.UserId)], progress, cancellationToken));
        return (users, chatIds[0]);
    }
}

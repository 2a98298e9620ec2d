using System.Diagnostics;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Seeding;

namespace Chat.Bench.Workloads.Connect;

/// <summary>
/// One run of the workload against one server. Of the product a person counts when caught up; of the others, whose connections are
/// bare, when the handshake is answered. Everybody says goodbye as a browser does.
/// </summary>
public static class ConnectRun
{
    /// <exception cref="BenchException">A connection could not be made, or an answer was not what it must be.</exception>
    public static async Task<RunResult> RunAsync(
        ServerUnderTest server, ConnectOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var people = await MakeAsync(server, options, output, cancellationToken);
        var phase = new RunPhase();
        var counters = Enumerable.Range(0, options.AtOnce).Select(_ => new Comer()).ToList();
        var next = -1;
        var comers = counters.Select(comer => Task.Run(
            async () =>
            {
                while (phase.IsSending) await comer.ComeAsync(people[(int)((uint)Interlocked.Increment(ref next) % people.Count)], phase, options, cancellationToken);
            },
            cancellationToken)).ToList();
        try
        {
            var use = await phase.MeasureAsync(server, options.WarmUp, options.Measure, output, pacer: null, cancellationToken);
            await Task.WhenAll(comers);
            phase.ThrowIfFailed();
            var driver = server.Database is null ? null : await Databases.DescribeDriverAsync(server.Database, cancellationToken);
            return Summarize(server.Kind, driver, counters, use);
        }
        catch (BenchException) when (server.Process is { } process)
        {
            output.Line($"The server printed:\n{process.LogExcerpt}");
            throw;
        }
        finally
        {
            phase.StopSending();
            await Task.WhenAll(comers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<IReadOnlyList<Person>> MakeAsync(
        ServerUnderTest server, ConnectOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        if (server.Kind is not ServerKind.Product)
        {
            if (server.Kind is ServerKind.Naive) await new Servers.NaiveStore(server.Database!).CreateAsync([], cancellationToken);
            return [.. Enumerable.Range(1, options.Users).Select(id => new Person(BenchUsers.Bare(server.Hub, id), Known: null))];
        }
        var shape = new ChatShape(
            options.Users * options.ChatsPerUser / ConnectOptions.MembersPerChat, ConnectOptions.MessagesPerChat,
            ConnectOptions.MembersPerChat, options.ChatsPerUser, ConnectOptions.NewMessages).Checked();
        var database = server.Database ?? throw new BenchException("The chats are put into the product's database; it must be known (--database).");
        var users = await output.PhaseAsync($"Product: making {options.Users} users", progress =>
            BenchUsers.RegisterAsync(server.Address, server.Hub, options.Users, progress, cancellationToken));
        var chatIds = await output.PhaseAsync($"Product: making {shape.Chats:N0} groups with {shape.MessagesPerChat} messages each", progress =>
            new ChatSeeder(database, shape, TimeProvider.System).SeedAsync([.. users.Select(u => u.UserId)], progress, cancellationToken));
        return [.. users.Select((user, index) => new Person(user, KnownOf(chatIds[index], options)))];
    }

    /// <summary>What somebody who was away has of each chat.</summary>
    private static Dictionary<long, long> KnownOf(IReadOnlyList<long> chatIds, ConnectOptions options) => chatIds
        .Select((chatId, index) => (chatId, UpTo: (long)ConnectOptions.MessagesPerChat - (index < options.Lagging ? ConnectOptions.NewMessages : 0)))
        .ToDictionary(k => k.chatId, k => k.UpTo);

    private static RunResult Summarize(ServerKind kind, string? driver, List<Comer> comers, ServerUse use)
    {
        var connects = comers.Sum(c => c.Count);
        var latency = LatencySummary.Of(comers.Select(c => c.Latencies));
        return new RunResult(kind.ToString(), driver, Figures.Gather([
            (Figures.ConnectsPerSecond, connects / use.Cpu.Elapsed.TotalSeconds),
            (Figures.ConnectP50, latency?.P50Ms), (Figures.ConnectP99, latency?.P99Ms),
            .. use.PerEvent(connects)]), Check: null);
    }

    /// <param name="Known">By chat, the id up to which this person has everything; null for a bare connection.</param>
    private sealed record Person(BenchUser User, Dictionary<long, long>? Known);

    /// <summary>Comes as one person after the other, and counts.</summary>
    private sealed class Comer
    {
        public long Count { get; private set; }

        public LatencyHistogram Latencies { get; } = new();

        public async Task ComeAsync(Person person, RunPhase phase, ConnectOptions options, CancellationToken cancellationToken)
        {
            try
            {
                var start = Stopwatch.GetTimestamp();
                var catchUp = person.Known is null ? null : new CatchUp(person.Known, options.ChatsPerUser, options.Lagging);
                await using var connection = await RawHubConnection.ConnectAsync(person.User.Hub, person.User.AccessToken, (IHubReceiver?)catchUp ?? IgnoringReceiver.Instance, cancellationToken);
                if (catchUp is not null) await catchUp.RunAsync(connection, cancellationToken);
                if (phase.IsMeasuring)
                {
                    Count++;
                    Latencies.Record(start, Stopwatch.GetTimestamp());
                }
                await connection.SayGoodbyeAsync();
            }
            catch (Exception exception) when (exception is HubConnectException or BenchException or TimeoutException)
            {
                phase.Fail(exception.Message);
            }
        }
    }
}

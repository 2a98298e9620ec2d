using Chat.Bench.Checker;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Group;

/// <summary>One run of the workload against one server.</summary>
public static class GroupRun
{
    private const int ConnectsAtOnce = 16;

    /// <exception cref="BenchException">A connection or a send failed, or messages were still under way long after the end.</exception>
    public static async Task<RunResult> RunAsync(
        ServerUnderTest server, GroupOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var stage = await output.PhaseAsync(
            $"{server.Kind}: making a {(options.Channel ? "channel" : "group")} of {options.Online} online" + (options.Offline > 0 ? $" and {options.Offline:N0} offline" : ""),
            progress => GroupSetup.MakeAsync(server, options, progress, cancellationToken));

        var phase = new RunPhase();
        var flight = new GroupFlight(stage.ChatId, parts: options.Online, options, phase);
        var sender = new GroupSender(stage.Members[0], flight, phase);
        var members = stage.Members.Skip(1).Select(user => new GroupMember(user, stage.ShownSenderId, flight, phase)).ToList();
        try
        {
            await output.PhaseAsync($"{server.Kind}: connecting", progress => ConnectAsync(sender, members, progress, cancellationToken));
            sender.Start();
            var use = await phase.MeasureAsync(server, options.WarmUp, options.Measure, output, pacer: null, cancellationToken);
            await phase.DrainAsync(
                () => flight.Completed == flight.Log.Count ? null : $"of {flight.Log.Count} messages, {flight.Completed} had reached everybody",
                cancellationToken);

            var driver = server.Database is null ? null : await Databases.DescribeDriverAsync(server.Database, cancellationToken);
            var check = await CheckAsync(server, stage, sender, members, output, cancellationToken);
            return Summarize(server.Kind, driver, sender, members, use, check);
        }
        catch (BenchException) when (server.LogExcerpt is { } log)
        {
            output.Line($"The server printed:\n{log}");
            throw;
        }
        finally
        {
            await sender.CloseAsync();
            await Parallel.ForEachAsync(members, CancellationToken.None, (member, _) => member.CloseAsync());
        }
    }

    private static async Task ConnectAsync(
        GroupSender sender, List<GroupMember> members, IProgress<double> progress, CancellationToken cancellationToken)
    {
        await sender.ConnectAsync(cancellationToken);
        var connected = 0;
        await Parallel.ForEachAsync(
            members, new ParallelOptions { MaxDegreeOfParallelism = ConnectsAtOnce, CancellationToken = cancellationToken },
            async (member, token) =>
            {
                await member.ConnectAsync(token);
                progress.Report((double)Interlocked.Increment(ref connected) / members.Count);
            });
    }

    /// <summary>That everybody was pushed everything in order is checked of every server; what is stored, of the product.</summary>
    private static Task<CheckReport> CheckAsync(
        ServerUnderTest server, GroupStage stage, GroupSender sender, List<GroupMember> members, RunOutput output, CancellationToken cancellationToken) =>
        output.PhaseAsync($"{server.Kind}: checking consistency", async _ =>
        {
            var sent = sender.ToRecord(stage.Before);
            var records = members.Select(member => member.ToRecord(sent.Views[0], stage.Before.Count)).Prepend(sent).ToList();
            if (server.Kind is not ServerKind.Product || server.Database is not { } database) return ConsistencyChecker.Gather(new RunRecord(records));
            var stored = await StoredStateReader.ReadAsync(database, [stage.ChatId], withTexts: false, cancellationToken);
            return ConsistencyChecker.Check(new RunRecord(records), stored);
        });

    private static RunResult Summarize(
        ServerKind kind, string? driver, GroupSender sender, List<GroupMember> members, ServerUse use, CheckReport check)
    {
        var delivered = members.Sum(m => m.Delivered);
        var receive = LatencySummary.Of(members.Select(m => m.SendToReceive));
        var ack = LatencySummary.Of([sender.SendToAck]);
        return new RunResult(kind.ToString(), driver, Figures.Gather([
            (Figures.DeliveriesPerSecond, delivered / use.Cpu.Elapsed.TotalSeconds),
            (Figures.AckP50, ack?.P50Ms), (Figures.AckP99, ack?.P99Ms),
            (Figures.ReceiveP50, receive?.P50Ms), (Figures.ReceiveP99, receive?.P99Ms),
            .. use.PerEvent(delivered)]), check);
    }
}

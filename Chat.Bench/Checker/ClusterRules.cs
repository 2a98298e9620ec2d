namespace Chat.Bench.Checker;

/// <summary>Rules of what must come right by itself, and how soon: what several nodes and what is between them can get wrong.</summary>
internal static class ClusterRules
{
    public static void Check(RunRecord run, CheckLog log)
    {
        if (run.Calm is { } calm) CheckCalm(calm, log);
        if (run.Presence is { } presence) CheckPresence(presence, log);
        if (run.AwayLimit is { } limit) CheckAway(run.Clients, limit, log);
    }

    private static void CheckCalm(CalmRecord calm, CheckLog log)
    {
        log.Checked(CheckRules.CompleteAlone, calm.Clients.Count);
        log.Checked(CheckRules.TicksComplete, calm.Clients.Count);
        foreach (var client in calm.Clients)
        {
            var name = client.NeverReconnected ? $"{client.Name} (never reconnected)" : client.Name;
            if (IsLate(client.CompleteAfter, calm.Limit))
                log.Violated(CheckRules.CompleteAlone, $"{name}: {Describe(client.CompleteAfter, calm.Limit)}");
            if (IsLate(client.TicksAfter, calm.Limit))
                log.Violated(CheckRules.TicksComplete, $"{name}: {Describe(client.TicksAfter, calm.Limit)}");
        }
    }

    private static void CheckPresence(PresenceRecord presence, CheckLog log)
    {
        foreach (var seen in presence.Seen)
        {
            var rule = seen.IsConnected ? CheckRules.ConnectedShownOnline : CheckRules.NobodyStuckOnline;
            log.Checked(rule);
            if (!IsLate(seen.RightAfter, presence.Limit)) continue;
            var shown = seen.Online switch { true => "online", false => "offline", null => "not told of" };
            log.Violated(
                rule,
                $"{seen.Watcher}: user {seen.UserId} is {(seen.IsConnected ? "connected" : "gone")}, shown as {shown}; "
                + $"right {Describe(seen.RightAfter, presence.Limit)}");
        }
    }

    private static void CheckAway(IReadOnlyList<ClientRecord> clients, TimeSpan limit, CheckLog log)
    {
        log.Checked(CheckRules.AwayBounded, clients.Count);
        foreach (var client in clients)
            if (client.LongestAway > limit)
                log.Violated(
                    CheckRules.AwayBounded,
                    $"{client.Name}: away for {client.LongestAway.TotalSeconds:N1} s, allowed are {limit.TotalSeconds:N1} s");
    }

    private static bool IsLate(TimeSpan? after, TimeSpan limit) => after is null || after > limit;

    private static string Describe(TimeSpan? after, TimeSpan limit) =>
        after is { } time ? $"only after {time.TotalSeconds:N1} s" : $"not within {limit.TotalSeconds:N1} s";
}

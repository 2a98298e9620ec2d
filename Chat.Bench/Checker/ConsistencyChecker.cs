namespace Chat.Bench.Checker;

/// <summary>
/// Holds what clients did and saw against what the database holds. A pure function: it knows no server and no driver, so
/// that its tests can feed it every violation.
/// </summary>
public static class ConsistencyChecker
{
    public static CheckReport Check(RunRecord run, StoredState stored)
    {
        var log = new CheckLog();
        var chats = stored.Chats.ToDictionary(chat => chat.ChatId);
        foreach (var chat in stored.Chats)
        {
            StoredRules.CheckNumbers(chat, log);
            StoredRules.CheckMarks(chat, log);
            StoredRules.CheckStatuses(chat, log);
        }
        SentRules.Check(run, stored, log);
        ClusterRules.Check(run, log);
        foreach (var client in run.Clients)
        {
            ViewRules.CheckViews(client, chats, log);
            ViewRules.CheckMarks(client, chats, log);
            AddFindings(client, log);
        }
        return log.ToReport();
    }

    /// <summary>Only what the clients found by themselves: for a server whose database is not known, or that has none.</summary>
    public static CheckReport Gather(RunRecord run)
    {
        var log = new CheckLog();
        foreach (var client in run.Clients) AddFindings(client, log);
        return log.ToReport();
    }

    private static void AddFindings(ClientRecord client, CheckLog log)
    {
        foreach (var (rule, count) in client.Compared) log.Checked(rule, count);
        foreach (var contradiction in client.Contradictions)
            log.Violated(contradiction.Rule, $"{client.Name}: {contradiction.Text}");
    }
}

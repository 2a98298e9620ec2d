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
            foreach (var (rule, count) in client.Compared) log.Checked(rule, count);
            foreach (var contradiction in client.Contradictions)
                log.Violated(contradiction.Rule, $"{client.Name}: {contradiction.Text}");
        }
        return log.ToReport();
    }
}

namespace Chat.Bench.Checker;

/// <summary>Rules between what a client was told and what is stored.</summary>
internal static class ViewRules
{
    public static void CheckViews(ClientRecord client, Dictionary<long, StoredChat> chats, CheckLog log)
    {
        foreach (var view in client.Views)
        {
            if (chats.TryGetValue(view.ChatId, out var chat))
                CheckView(client, view, chat, log);
            else
                log.Violated(CheckRules.ViewsEqual, $"{client.Name}: chat {view.ChatId} is not stored");
        }
    }

    public static void CheckMarks(ClientRecord client, Dictionary<long, StoredChat> chats, CheckLog log)
    {
        log.Checked(CheckRules.MarksStored, client.Marks.Count);
        foreach (var seen in client.Marks)
        {
            if (!chats.TryGetValue(seen.ChatId, out var chat)) continue;
            var (delivered, read) = StoredMarks(chat, client.UserId, seen.UserId);
            if (delivered >= seen.DeliveredUpTo && read >= seen.ReadUpTo) continue;
            var whose = seen.UserId == SeenMarks.TheOthers ? "everybody else has" : $"user {seen.UserId} has";
            log.Violated(
                CheckRules.MarksStored,
                $"{client.Name}: was told that {whose} chat {seen.ChatId} up to {seen.DeliveredUpTo}, read {seen.ReadUpTo}; stored is {delivered}, read {read}");
        }
    }

    /// <summary>-1 for a user who is not in the chat.</summary>
    private static (long Delivered, long Read) StoredMarks(StoredChat chat, long clientId, long userId)
    {
        var whose = chat.Participants.Where(p => userId == SeenMarks.TheOthers ? p.UserId != clientId : p.UserId == userId).ToList();
        return whose.Count == 0 ? (-1, -1) : (whose.Min(p => p.DeliveredUpTo), whose.Min(p => p.ReadUpTo));
    }

    private static void CheckView(ClientRecord client, ClientView view, StoredChat chat, CheckLog log)
    {
        var visibleFrom = chat.Participants.Where(p => p.UserId == client.UserId).Select(p => p.VisibleFrom).DefaultIfEmpty(1).First();
        var expected = chat.Messages.Where(m => m.MessageId >= visibleFrom).ToList();
        log.Checked(CheckRules.ViewsEqual, expected.Count);
        for (var i = 0; i < Math.Max(expected.Count, view.Messages.Count); i++)
        {
            var difference =
                i >= view.Messages.Count ? $"ends before message {expected[i].MessageId}"
                : i >= expected.Count ? $"has message {view.Messages[i].MessageId}, which is not stored"
                : IsSame(expected[i], view.Messages[i]) ? null
                : $"has {view.Messages[i]} where {expected[i] with { Text = null }} is stored";
            if (difference is null) continue;
            log.Violated(CheckRules.ViewsEqual, $"{client.Name}: the view of chat {view.ChatId} {difference}");
            // What follows the first difference differs as well.
            return;
        }
    }

    private static bool IsSame(StoredMessage stored, SeenMessage seen) =>
        stored.MessageId == seen.MessageId && stored.SenderId == seen.SenderId
        && (stored.IsSystem ? seen.ClientMessageId == Guid.Empty : stored.ClientMessageId == seen.ClientMessageId);
}

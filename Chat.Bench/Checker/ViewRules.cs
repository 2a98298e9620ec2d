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
        foreach (var ofChat in client.Marks.GroupBy(marks => marks.ChatId))
        {
            if (!chats.TryGetValue(ofChat.Key, out var chat)) continue;
            var participants = chat.Participants.ToDictionary(p => p.UserId);
            foreach (var seen in ofChat)
            {
                var known = participants.TryGetValue(seen.UserId, out var stored);
                if (!known || stored.DeliveredUpTo < seen.DeliveredUpTo || stored.ReadUpTo < seen.ReadUpTo)
                    log.Violated(
                        CheckRules.MarksStored,
                        $"{client.Name}: was told that user {seen.UserId} has chat {seen.ChatId} up to {seen.DeliveredUpTo}, read {seen.ReadUpTo}; "
                        + (known ? $"stored is {stored.DeliveredUpTo}, read {stored.ReadUpTo}" : "this user is not in it"));
            }
        }
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

namespace Chat.Bench.Checker;

/// <summary>Rules between what was sent and what is stored.</summary>
internal static class SentRules
{
    public static void Check(RunRecord run, StoredState stored, CheckLog log)
    {
        var byKey = IndexStored(stored, log);
        var sentKeys = new HashSet<Key>();
        foreach (var client in run.Clients)
        {
            foreach (var sent in client.Sent)
            {
                var key = new Key(sent.ChatId, client.UserId, sent.ClientMessageId);
                sentKeys.Add(key);
                CheckSent(client, sent, byKey.TryGetValue(key, out var found) ? found : null, log);
            }
            foreach (var ofChat in client.Sent.GroupBy(sent => sent.ChatId))
                CheckOrder(client, ofChat, byKey, log);
        }
        CheckNothingInvented(run, byKey, sentKeys, log);
    }

    private static Dictionary<Key, StoredMessage> IndexStored(StoredState stored, CheckLog log)
    {
        var byKey = new Dictionary<Key, StoredMessage>();
        foreach (var chat in stored.Chats)
        {
            log.Checked(CheckRules.StoredOnce, chat.Messages.Count);
            foreach (var message in chat.Messages)
            {
                if (message.IsSystem || message.MessageId <= chat.SeededUpTo) continue;
                var key = new Key(chat.ChatId, message.SenderId, message.ClientMessageId);
                if (!byKey.TryAdd(key, message))
                    log.Violated(
                        CheckRules.StoredOnce,
                        $"chat {chat.ChatId}: {message.ClientMessageId} of user {message.SenderId} is stored as {byKey[key].MessageId} and as {message.MessageId}");
            }
        }
        return byKey;
    }

    private static void CheckSent(ClientRecord client, SentMessage sent, StoredMessage? stored, CheckLog log)
    {
        if (sent.Acknowledgement is { } acknowledgement)
        {
            log.Checked(CheckRules.AcknowledgedStored);
            if (stored is null)
                log.Violated(
                    CheckRules.AcknowledgedStored,
                    $"{client.Name}: {sent.ClientMessageId} was acknowledged as {acknowledgement.MessageId} of chat {sent.ChatId} and is not stored");
            else if (stored.Value.MessageId != acknowledgement.MessageId)
                log.Violated(
                    CheckRules.AcknowledgedStored,
                    $"{client.Name}: {sent.ClientMessageId} was acknowledged as {acknowledgement.MessageId} of chat {sent.ChatId} and is stored as {stored.Value.MessageId}");
        }
        if (stored is { Text: { } text } && sent.Text is not null && text != sent.Text)
            log.Violated(CheckRules.OnlySentStored, $"{client.Name}: the text of message {stored.Value.MessageId} of chat {sent.ChatId} is another than was sent");
    }

    /// <summary>See <see cref="CheckRules.SenderOrder"/>.</summary>
    private static void CheckOrder(ClientRecord client, IEnumerable<SentMessage> sent, Dictionary<Key, StoredMessage> byKey, CheckLog log)
    {
        // The highest id that everything first sent from now on must exceed.
        long floor = 0;
        // Repeated messages bind only those that were first sent after their acknowledgement: waiting, by that time.
        var repeated = new PriorityQueue<long, long>();
        foreach (var message in sent.OrderBy(m => m.FirstSentAt))
        {
            while (repeated.TryPeek(out var id, out var at) && at < message.FirstSentAt)
            {
                floor = Math.Max(floor, id);
                repeated.Dequeue();
            }
            if (!byKey.TryGetValue(new Key(message.ChatId, client.UserId, message.ClientMessageId), out var stored)) continue;

            log.Checked(CheckRules.SenderOrder);
            if (stored.MessageId <= floor)
                log.Violated(
                    CheckRules.SenderOrder,
                    $"{client.Name}: message {stored.MessageId} of chat {message.ChatId} was sent after what is stored as {floor}");
            if (message.Attempts == 1 && message.Acknowledgement is not null)
                floor = Math.Max(floor, stored.MessageId);
            else if (message.Acknowledgement is { } acknowledgement)
                repeated.Enqueue(stored.MessageId, acknowledgement.At);
        }
    }

    private static void CheckNothingInvented(
        RunRecord run, Dictionary<Key, StoredMessage> byKey, HashSet<Key> sentKeys, CheckLog log)
    {
        var users = run.Clients.Select(client => client.UserId).ToHashSet();
        log.Checked(CheckRules.OnlySentStored, byKey.Count);
        foreach (var (key, message) in byKey)
        {
            if (!sentKeys.Contains(key))
                log.Violated(
                    CheckRules.OnlySentStored,
                    users.Contains(key.SenderId)
                        ? $"message {message.MessageId} of chat {key.ChatId}: user {key.SenderId} never sent it"
                        : $"message {message.MessageId} of chat {key.ChatId}: its sender {key.SenderId} has no client in this run");
        }
    }

    private readonly record struct Key(long ChatId, long SenderId, Guid ClientMessageId);
}

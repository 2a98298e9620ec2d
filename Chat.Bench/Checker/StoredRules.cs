namespace Chat.Bench.Checker;

/// <summary>Rules that the database must hold by itself.</summary>
internal static class StoredRules
{
    public static void CheckNumbers(StoredChat chat, CheckLog log)
    {
        log.Checked(CheckRules.Numbered, chat.Messages.Count);
        long expected = 1;
        foreach (var message in chat.Messages)
        {
            if (message.MessageId != expected)
                log.Violated(CheckRules.Numbered, $"chat {chat.ChatId}: {message.MessageId} stands where {expected} should");
            // One gap is one violation, not one for each message behind it.
            expected = message.MessageId + 1;
        }
        if (chat.LastMessageId != expected - 1)
            log.Violated(CheckRules.Numbered, $"chat {chat.ChatId}: the last id is {chat.LastMessageId}, the last message {expected - 1}");
    }

    public static void CheckMarks(StoredChat chat, CheckLog log)
    {
        log.Checked(CheckRules.MarksBounded, chat.Participants.Count);
        foreach (var (userId, _, delivered, read) in chat.Participants)
        {
            if (read < 0 || read > delivered || delivered > chat.LastMessageId)
                log.Violated(
                    CheckRules.MarksBounded,
                    $"chat {chat.ChatId}, user {userId}: read {read}, delivered {delivered}, last id {chat.LastMessageId}");
        }
    }

    public static void CheckStatuses(StoredChat chat, CheckLog log)
    {
        if (!chat.KeepsStatuses) return;
        log.Checked(CheckRules.StatusesForward, chat.Statuses.Count);
        foreach (var steps in chat.Statuses.GroupBy(step => (step.UserId, step.Status)))
        {
            StoredStatus? before = null;
            foreach (var step in steps)
            {
                if (before is { } last && (step.MessageId <= last.MessageId || step.UpdatedAt < last.UpdatedAt))
                    log.Violated(
                        CheckRules.StatusesForward,
                        $"chat {chat.ChatId}, user {step.UserId}: {step.Status} {last.MessageId} at {last.UpdatedAt:O} is followed by {step.MessageId} at {step.UpdatedAt:O}");
                before = step;
            }
        }
        var lastSteps = chat.Statuses
            .GroupBy(step => (step.UserId, step.Status))
            .ToDictionary(steps => steps.Key, steps => steps.Max(step => step.MessageId));
        foreach (var (userId, _, delivered, read) in chat.Participants)
        {
            CompareLast(chat, lastSteps.GetValueOrDefault((userId, "delivered")), userId, "delivered", delivered, log);
            CompareLast(chat, lastSteps.GetValueOrDefault((userId, "read")), userId, "read", read, log);
        }
    }

    private static void CompareLast(StoredChat chat, long last, long userId, string status, long watermark, CheckLog log)
    {
        if (last != watermark)
            log.Violated(CheckRules.StatusesForward, $"chat {chat.ChatId}, user {userId}: {status} up to {watermark}, but its last status row is {last}");
    }
}

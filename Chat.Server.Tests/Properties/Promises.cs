using System.Text.Json;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>What DESIGN promises, looked for in the database after a run.</summary>
internal sealed class Promises(Scene scene)
{
    public async Task CheckAsync()
    {
        foreach (var chat in scene.Chats)
        {
            var stored = (await scene.Database.StoredAsync(chat)).ToDictionary(m => m.MessageId);
            if (!stored.Keys.Order().SequenceEqual(Enumerable.Range(1, stored.Count).Select(i => (long)i)))
                scene.Findings.Fault($"Chat {chat} has a gap: {string.Join(',', stored.Keys.Order())}.");
            CheckSent(chat, stored.Values.ToDictionary(m => (m.SenderId, m.ClientId())));
            await CheckNumbersAsync(chat, stored.Count);
            await CheckCountsAsync(chat);
            await CheckReachAsync(chat, stored);
        }
    }

    /// <summary>An acknowledged send is there, once: the key that it is found by is unique.</summary>
    private void CheckSent(long chat, Dictionary<(long, Guid), Chat.Data.Messages.MessageRow> stored)
    {
        foreach (var person in scene.People)
            foreach (var (request, result) in person.Sent.Values.Where(s => s.Request.ChatId == chat))
                // A channel's posts bear nobody's name.
                if (!(stored.TryGetValue((person.UserId, request.ClientMessageId), out var row) || stored.TryGetValue((0, request.ClientMessageId), out row)) || row.MessageId != result.MessageId)
                    scene.Findings.Fault($"{person.Name} was told {result}, and stored is {row?.MessageId}.");
    }

    private async Task CheckNumbersAsync(long chat, int messages)
    {
        var changes = await scene.Database.ListAsync<long>("SELECT change_id FROM message_changes WHERE chat_id = @chat ORDER BY change_id", new { chat });
        if (!changes.SequenceEqual(Enumerable.Range(1, changes.Count).Select(i => (long)i))) scene.Findings.Fault($"Chat {chat} has a gap in its changes: {string.Join(',', changes)}.");
        var ends = await scene.Database.ListAsync<(long Message, long Change)>("SELECT last_message_id, last_change_id FROM chats WHERE chat_id = @chat", new { chat });
        if (ends.Single() != (messages, changes.Count)) scene.Findings.Fault($"Chat {chat} says that it ends at {ends.Single()}, and has {messages} messages and {changes.Count} changes.");
        var owners = await scene.Database.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM chats c WHERE c.chat_id = @chat AND c.chat_type = 'group'
              AND EXISTS (SELECT 1 FROM chat_participants p WHERE p.chat_id = c.chat_id AND p.left_at IS NULL)
              AND 1 <> (SELECT COUNT(*) FROM chat_participants p WHERE p.chat_id = c.chat_id AND p.left_at IS NULL AND p.role = 'owner')
            """,
            new { chat });
        if (owners > 0) scene.Findings.Fault($"Group {chat} has people in it, and not one owner.");
    }

    /// <summary>What a message counts is what people did.</summary>
    private async Task CheckCountsAsync(long chat)
    {
        var wrong = await scene.Database.ListAsync<long>(
            """
            SELECT m.message_id FROM messages m
            LEFT JOIN (SELECT message_id, COUNT(*) AS votes FROM poll_votes WHERE chat_id = @chat GROUP BY message_id) v ON v.message_id = m.message_id
            LEFT JOIN pinned_messages p ON p.chat_id = m.chat_id AND p.message_id = m.message_id
            WHERE m.chat_id = @chat AND ((p.message_id IS NULL) <> (m.pinned_at IS NULL)
              OR (m.deleted_at IS NOT NULL AND (v.votes > 0 OR m.reactions IS NOT NULL OR m.message_text IS NOT NULL)))
            """,
            new { chat });
        if (wrong.Count > 0) scene.Findings.Fault($"Chat {chat}: of {string.Join(',', wrong)} something is left over, or pinned only half.");
        var counted = await scene.Database.ListAsync<(long Id, string Counts)>(
            "SELECT message_id, reactions FROM messages WHERE chat_id = @chat AND reactions IS NOT NULL", new { chat });
        var given = await scene.Database.ListAsync<(long Id, string Emoji)>(
            "SELECT message_id, emoji FROM message_reactions WHERE chat_id = @chat", new { chat });
        var expected = given.GroupBy(r => r.Id).ToDictionary(g => g.Key, g => g.Count());
        var stored = counted.Select(c => (c.Id, Sum: Sum(c.Counts))).Where(c => c.Sum > 0).ToDictionary(c => c.Id, c => c.Sum);
        if (!expected.OrderBy(e => e.Key).SequenceEqual(stored.OrderBy(s => s.Key)))
            scene.Findings.Fault($"Chat {chat} counts the reactions {string.Join(' ', counted)}, and there are {string.Join(' ', given)}.");
    }

    private static int Sum(string counts)
    {
        using var json = JsonDocument.Parse(counts);
        return Numbers(json.RootElement).Sum();
    }

    private static IEnumerable<int> Numbers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => [element.GetInt32()],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Numbers(p.Value)),
        _ => [],
    };

    /// <summary>Nobody was shown what was withheld, or said while they were not in the chat, or anything of a chat that they never were in.</summary>
    private async Task CheckReachAsync(long chat, Dictionary<long, Chat.Data.Messages.MessageRow> stored)
    {
        var everIn = await scene.Database.ListAsync<long>("SELECT user_id FROM chat_participants WHERE chat_id = @chat", new { chat });
        foreach (var person in scene.People)
        {
            if (!everIn.Contains(person.UserId))
            {
                if (person.HeardOf.ContainsKey(chat)) scene.Findings.Fault($"{person.Name} never was in chat {chat}, and heard of it.");
                continue;
            }
            foreach (var (_, id) in person.Seen.Keys.Where(seen => seen.ChatId == chat))
            {
                if (!stored.TryGetValue(id, out var row)) scene.Findings.Fault($"{person.Name} was shown message {id} of chat {chat}, which there is not.");
                else if (row.SenderId != person.UserId && Chat.Data.Messages.WithheldMessages.IsMarked(row.Body))
                    scene.Findings.Fault($"{person.Name} was shown message {id} of chat {chat}, which was withheld.");
                else if (!WasIn(person.UserId, id, stored)) scene.Findings.Fault($"{person.Name} was shown message {id} of chat {chat}, and was not in it then.");
            }
        }
    }

    /// <summary>By the system messages up to this one. Who goes may still see the message that says so.</summary>
    private bool WasIn(long userId, long messageId, Dictionary<long, Chat.Data.Messages.MessageRow> stored)
    {
        var sentAt = stored[messageId].SentAt;
        // A direct chat has both in it from the beginning to the end; a group begins with a message of those who are.
        var isIn = stored[1].Body?.Contains(SystemMessageKinds.GroupCreated, StringComparison.Ordinal) != true;
        for (var id = 1L; id <= messageId; id++)
        {
            var row = stored[id];
            if (row.MessageType != MessageTypes.System || row.Body is null) continue;
            using var body = JsonDocument.Parse(row.Body);
            var kind = body.RootElement.GetProperty("kind").GetString();
            var named = body.RootElement.TryGetProperty("userIds", out var ids) && ids.EnumerateArray().Any(i => i.GetInt64() == userId);
            var concerned = named || row.SenderId == userId;
            if (kind == SystemMessageKinds.GroupCreated && concerned) isIn = true;
            else if (kind == SystemMessageKinds.MembersAdded && named) isIn = true;
            else if (kind == SystemMessageKinds.MemberJoined && concerned) isIn = true;
            else if (id == messageId || row.SentAt + scene.HearsLonger > sentAt) continue;
            else if (kind == SystemMessageKinds.MemberRemoved && named) isIn = false;
            else if (kind == SystemMessageKinds.MemberLeft && concerned) isIn = false;
        }
        return isIn || Comes(userId, messageId, sentAt + scene.HearsLonger, stored);
    }

    /// <summary>
    /// What one node pushes may be on its way to another while somebody comes in there. A client knows it as being before its head, and as
    /// below <c>visibleFrom</c>; whatever it asks for holds nothing of it.
    /// </summary>
    private static bool Comes(long userId, long after, DateTime until, Dictionary<long, Chat.Data.Messages.MessageRow> stored) =>
        stored.Values.Any(row => row.MessageId > after && row.SentAt < until && row is { MessageType: MessageTypes.System, Body: { } text }
            && IsComing(userId, row.SenderId, text));

    private static bool IsComing(long userId, long senderId, string text)
    {
        using var body = JsonDocument.Parse(text);
        var kind = body.RootElement.GetProperty("kind").GetString();
        var named = body.RootElement.TryGetProperty("userIds", out var ids) && ids.EnumerateArray().Any(i => i.GetInt64() == userId);
        return kind == SystemMessageKinds.MembersAdded ? named : kind == SystemMessageKinds.MemberJoined && (named || senderId == userId);
    }
}

using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>What has expired is nowhere; what was scheduled was sent once, was canceled, or still waits.</summary>
internal sealed class TimePromises(Scene scene, IReadOnlyList<Device> devices, IReadOnlyDictionary<Person, FreshRead> read)
{
    public async Task CheckAsync()
    {
        foreach (var device in devices)
            lock (device.Gate)
                foreach (var message in device.Chats.Values.SelectMany(c => c.Shown).Where(HasExpired)) scene.Findings.Fault($"{device.Name} shows what has expired: {message}");
        foreach (var (person, fresh) in read)
            foreach (var message in fresh.Messages.Concat(fresh.Heads.Select(h => h.LastMessage).OfType<MessageView>()).Where(m => HasExpired(m) || QuotesExpired(m)))
                scene.Findings.Fault($"{person.Name} is shown what has expired: {message}");
        await CheckRemovedAsync();
        await CheckScheduledAsync();
    }

    private bool HasExpired(MessageView message) => scene.Expired.ContainsKey((message.ChatId, message.MessageId));

    private bool QuotesExpired(MessageView message) => message.ReplyTo is { Type: not null } reply && scene.Expired.ContainsKey((message.ChatId, reply.MessageId));

    private async Task CheckRemovedAsync()
    {
        foreach (var chat in scene.Expired.Keys.GroupBy(e => e.ChatId, e => e.MessageId))
        {
            var left = await scene.Database.ListAsync<long>(
                """
                SELECT m.message_id FROM messages m
                WHERE m.chat_id = @chat AND m.message_id IN @ids AND (m.deleted_at IS NULL OR m.message_text IS NOT NULL
                  OR EXISTS (SELECT 1 FROM message_media f WHERE f.chat_id = m.chat_id AND f.message_id = m.message_id)
                  OR EXISTS (SELECT 1 FROM message_edits e WHERE e.chat_id = m.chat_id AND e.message_id = m.message_id))
                """,
                new { chat = chat.Key, ids = chat });
            if (left.Count > 0) scene.Findings.Fault($"Chat {chat.Key}: of {string.Join(',', left)}, which expired, something is left.");
        }
    }

    private async Task CheckScheduledAsync()
    {
        var waiting = (await scene.Database.ListAsync<long>(
            "SELECT scheduled_id FROM scheduled_messages WHERE user_id IN @ids", new { ids = scene.People.Select(p => p.UserId) })).ToHashSet();
        foreach (var chat in scene.Chats)
        {
            var stored = (await scene.Database.StoredAsync(chat)).ToLookup(m => m.ClientId());
            foreach (var person in scene.People)
                foreach (var (id, later) in person.Later.Where(l => l.Value.ChatId == chat && l.Value.ScheduledId > 0))
                {
                    var (sent, waits) = (stored[id].Count(), waiting.Contains(later.ScheduledId));
                    if (sent + (waits ? 1 : 0) + (later.IsCanceled ? 1 : 0) != 1)
                        scene.Findings.Fault($"The message {later.ScheduledId} of {person.Name} for chat {chat} was sent {sent} times; waiting: {waits}, canceled: {later.IsCanceled}.");
                }
        }
    }
}

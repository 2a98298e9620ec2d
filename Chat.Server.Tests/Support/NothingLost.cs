namespace Chat.Server.Tests.Support;

/// <summary>After something broke under load, with all outboxes empty: what was promised is there, once, and everybody has it.</summary>
internal static class NothingLost
{
    public static async Task CheckAsync(
        TestDatabase database, IReadOnlyList<long> chats, IReadOnlyList<TestClient> people, IReadOnlyList<Outbox> outboxes)
    {
        foreach (var chat in chats)
        {
            var stored = await database.StoredAsync(chat);
            var acknowledged = outboxes.SelectMany(o => o.Acknowledged).Where(a => a.Result.ChatId == chat).ToList();
            Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, stored.Count)), "numbered without a gap");
            Assert.That(
                stored.Where(m => m.MessageType == "text").Select(m => (m.MessageId, Id: m.ClientId(), m.MessageText, m.SentAt)),
                Is.EquivalentTo(acknowledged.Select(a => (a.Result.MessageId, a.Id, (string?)a.Text, a.Result.SentAt))), "each once, as acknowledged");
            foreach (var person in people)
                Assert.That((await person.CatchUpAsync(chat)).Select(m => m.MessageId), Is.EqualTo(stored.Select(m => m.MessageId)), "all converge");
            // The outcome of what was being committed is known to nobody but the database, so clients are told to look.
            foreach (var person in people)
            {
                var pushed = person.Messages.All.Where(m => m.ChatId == chat).Select(m => m.MessageId).ToHashSet();
                var missing = stored.Where(m => m.SenderId != person.UserId && !pushed.Contains(m.MessageId)).Select(m => m.MessageId).ToList();
                if (missing.Count > 0)
                    Assert.That(person.Resyncs.All.Select(r => r.ChatId), Has.Some.EqualTo(chat).Or.Some.Null, $"{string.Join(',', missing)} were never pushed");
            }
        }
    }
}

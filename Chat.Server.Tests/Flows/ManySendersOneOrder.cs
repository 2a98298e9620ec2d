using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Fifty people write into twenty shared chats at once, and repeat themselves: nothing is lost, doubled or reordered.</summary>
[TestFixture]
public sealed class ManySendersOneOrder : ServerFixture
{
    private const int Senders = 50;
    private const int Chats = 20;
    private const int MessagesPerSender = 200;
    private const int ChatsPerSender = 4;

    [Test]
    public async Task Fifty_senders_in_twenty_chats()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, Senders).Select(i => RegisterAsync($"Person {i}")));
        // Person i is in chats i, i+1, i+2 and i+3 (modulo 20): ten members a chat, each pair of neighbours shares some.
        var members = Enumerable.Range(0, Chats)
            .Select(chat => people.Where((_, i) => Enumerable.Range(0, ChatsPerSender).Any(k => (i + k) % Chats == chat)).ToList())
            .ToList();
        var chatIds = (await Task.WhenAll(members.Select((m, i) => m[0].CreateGroupAsync($"Chat {i}", m.Skip(1))))).Select(c => c.ChatId).ToList();

        var sends = await Task.WhenAll(people.SelectMany((person, i) => Enumerable.Range(0, ChatsPerSender)
            .Select(k => WriteAsync(person, chatIds[(i + k) % Chats], MessagesPerSender / ChatsPerSender))));

        var results = sends.SelectMany(s => s).ToList();
        Assert.That(results, Has.Count.EqualTo(Senders * MessagesPerSender));
        for (var chat = 0; chat < Chats; chat++)
        {
            var ofChat = results.Where(r => r.ChatId == chatIds[chat]).ToDictionary(r => r.ClientMessageId);
            await CheckChatAsync(chatIds[chat], members[chat], ofChat);
        }
        foreach (var person in people) await person.DisposeAsync();
    }

    /// <summary>One after the other, every fifth twice: in turns at the same time and afterwards.</summary>
    private static async Task<List<Sent>> WriteAsync(TestClient person, long chatId, int count)
    {
        var sent = new List<Sent>(count);
        for (var i = 1; i <= count; i++)
        {
            var id = Guid.NewGuid();
            var text = $"{person.UserId} says {i}";
            var first = person.SendAsync(chatId, text, id);
            if (i % 5 == 0)
            {
                if (i % 10 == 0) await first;
                var results = await Task.WhenAll(first, person.SendAsync(chatId, text, id));
                Assert.That(results[1].MessageId, Is.EqualTo(results[0].MessageId), "a repeat has the first result");
                Assert.That(results[1].SentAt, Is.EqualTo(results[0].SentAt), "a repeat has the first result");
                Assert.That(results.Count(r => r.Duplicate), Is.EqualTo(1), "one of two is the repeat");
            }
            sent.Add(new Sent(chatId, person.UserId, id, text, i, (await first).MessageId));
        }
        return sent;
    }

    private async Task CheckChatAsync(long chatId, List<TestClient> members, Dictionary<Guid, Sent> sent)
    {
        var expectedLast = sent.Count + 1; // and the message that the group was created
        var histories = await Task.WhenAll(members.Select(m => m.CatchUpAsync(chatId)));
        var history = histories[0];
        Assert.That(history.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, expectedLast)), "numbered without a gap");
        foreach (var other in histories.Skip(1))
            Assert.That(
                other.Select(m => (m.MessageId, m.ClientMessageId, m.SenderId, m.Text, m.SentAt)),
                Is.EqualTo(history.Select(m => (m.MessageId, m.ClientMessageId, m.SenderId, m.Text, m.SentAt))), "all see one order");

        var texts = history.Where(m => m.ClientMessageId is not null).ToDictionary(m => m.ClientMessageId!.Value);
        Assert.That(texts.Keys, Is.EquivalentTo(sent.Keys), "each message once");
        Assert.That(sent.Values.Where(s => texts[s.ClientMessageId].MessageId != s.MessageId || texts[s.ClientMessageId].Text != s.Text), Is.Empty);
        foreach (var ofSender in sent.Values.GroupBy(s => s.SenderId))
            Assert.That(ofSender.OrderBy(s => s.Number).Select(s => s.MessageId), Is.Ordered, "a sender's own order");
        Assert.That(history.Select(m => m.SentAt), Is.Ordered);
        Assert.That(await Database.ScalarAsync<long>("SELECT last_message_id FROM chats WHERE chat_id = @chatId", new { chatId }), Is.EqualTo(expectedLast));

        foreach (var member in members) await CheckPushesAsync(member, chatId, history);
    }

    /// <summary>Everybody was pushed what others sent, in order; what they sent themselves came as the call's result.</summary>
    private static async Task CheckPushesAsync(TestClient member, long chatId, List<MessageView> history)
    {
        var ofOthers = history.Where(m => m.SenderId != member.UserId || m.ClientMessageId is null).ToList();
        await member.Messages.WaitForAsync(m => m.ChatId == chatId && m.MessageId == ofOthers[^1].MessageId);
        var seen = new HashSet<long>();
        // A repeated send is pushed again, since its first push may have been lost: known numbers are passed over.
        var pushed = member.Messages.All.Where(m => m.ChatId == chatId && seen.Add(m.MessageId)).ToList();
        Assert.That(pushed.Select(m => m.MessageId), Is.EqualTo(ofOthers.Select(m => m.MessageId)), "pushed in order, all of it");
        Assert.That(pushed.Select(m => m.ClientMessageId), Is.EqualTo(ofOthers.Select(m => m.ClientMessageId)));
    }

    private sealed record Sent(long ChatId, long SenderId, Guid ClientMessageId, string Text, int Number, long MessageId);
}

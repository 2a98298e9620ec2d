using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Flows;

/// <summary>A client need not wait for one send's result before the next: they are stored as they were sent.</summary>
[TestFixture]
public sealed class SendingInOrder : ServerFixture
{
    private const int Count = 200;

    [Test]
    public async Task Two_hundred_sends_that_nobody_waits_for_into_a_chat_that_the_server_has_not_seen()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await SendAndCheckAsync(ann, bob, chat.ChatId, before: 0);
    }

    [Test]
    public async Task Two_hundred_sends_that_nobody_waits_for_into_a_chat_that_it_knows()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.CreateGroupAsync("Group", bob);
        await ann.SendAsync(chat.ChatId, "first");
        await SendAndCheckAsync(ann, bob, chat.ChatId, before: 2);
    }

    [Test]
    public async Task Two_hundred_sends_while_the_roster_is_forgotten_again_and_again()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        var rosters = Server.Services.GetRequiredService<RosterCache>();
        using var done = new CancellationTokenSource();
        var forgetting = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                rosters.Invalidate(chat.ChatId);
                Thread.Yield();
            }
        });
        try
        {
            await SendAndCheckAsync(ann, bob, chat.ChatId, before: 0);
        }
        finally
        {
            await done.CancelAsync();
            await forgetting;
        }
    }

    [Test]
    public async Task Sends_into_several_chats_keep_their_order_in_each()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var carol = await RegisterAsync("Carol");
        var chats = new List<ChatView> { await ann.OpenDirectChatAsync(bob), await ann.OpenDirectChatAsync(carol), await ann.CreateGroupAsync("Group", bob, carol) };
        var sends = Enumerable.Range(0, Count).Select(i => ann.SendAsync(chats[i % 3].ChatId, $"{i}")).ToList();
        await Task.WhenAll(sends).OrDeadline();
        for (var c = 0; c < 3; c++)
        {
            var texts = (await ann.CatchUpAsync(chats[c].ChatId)).Where(m => m.Text is not null).Select(m => m.Text);
            Assert.That(texts, Is.EqualTo(Enumerable.Range(0, Count).Where(i => i % 3 == c).Select(i => $"{i}")));
        }
    }

    private static async Task SendAndCheckAsync(TestClient ann, TestClient bob, long chatId, int before)
    {
        var sends = Enumerable.Range(0, Count).Select(i => ann.SendAsync(chatId, $"{i}")).ToList();
        var results = await Task.WhenAll(sends).OrDeadline();
        Assert.That(results.Select(r => r.MessageId), Is.EqualTo(Enumerable.Range(before + 1, Count)));
        var stored = await bob.CatchUpAsync(chatId, before);
        Assert.That(stored.Select(m => m.Text), Is.EqualTo(Enumerable.Range(0, Count).Select(i => $"{i}")));
        await bob.Messages.WaitForAsync(m => m.ChatId == chatId && m.MessageId == before + Count);
        Assert.That(bob.Messages.All.Where(m => m.ChatId == chatId && m.MessageId > before), Is.EqualTo(stored), "and pushed so");
    }
}

using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Server.Tests.Flows;

/// <summary>A node that is stopped finishes what it has taken: whatever was acknowledged is stored, the rest is repeated elsewhere.</summary>
[TestFixture]
public sealed class TheServerStops : DatabaseFixture
{
    [Test]
    public async Task Under_load()
    {
        var first = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled([]));
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => TestClient.RegisterAsync(first.Address, $"Person {i}")));
        var chat = (await people[0].CreateGroupAsync("Group", people.Skip(1))).ChatId;
        using var stop = new CancellationTokenSource();
        // Several outboxes a person, so that many sends are under way at any moment.
        var outboxes = people.SelectMany(p => Enumerable.Range(0, 10).Select(_ => (Person: p, Outbox: new Outbox(p, chat)))).ToList();
        var running = outboxes.Select(o => o.Outbox.RunAsync(stop.Token)).ToList();
        await Deadline.UntilAsync(() => outboxes.All(o => o.Outbox.Acknowledged.Count >= 5), "the load runs");

        await first.DisposeAsync();
        await Task.WhenAll(running).OrDeadline();

        Assert.That(outboxes.SelectMany(o => o.Outbox.Refusals), Is.All.StartsWith("unavailable: "));
        var stored = await Database.StoredAsync(chat);
        var byId = stored.ToDictionary(m => m.ClientId());
        foreach (var (id, text, result) in outboxes.SelectMany(o => o.Outbox.Acknowledged))
            Assert.That((byId[id].MessageId, byId[id].MessageText), Is.EqualTo((result.MessageId, text)), "acknowledged is stored");
        Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, stored.Count)));

        // The next node takes what was not answered.
        await using var second = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled([]));
        foreach (var (person, outbox) in outboxes.Where(o => o.Outbox.Unanswered is not null))
        {
            await using var again = await TestClient.ConnectAsync(second.Address, person.Account);
            var (id, text) = outbox.Unanswered!.Value;
            var result = await again.SendAsync(chat, text, id);
            Assert.That(result.Duplicate, Is.EqualTo(byId.ContainsKey(id)));
        }
        var texts = (await Database.StoredAsync(chat)).Where(m => m.MessageType == "text").Select(m => m.ClientId()).ToList();
        Assert.That(texts, Is.Unique);
        Assert.That(texts, Is.EquivalentTo(outboxes.SelectMany(o =>
            o.Outbox.Acknowledged.Select(a => a.Id).Concat(o.Outbox.Unanswered is { } left ? [left.Id] : []))));
        foreach (var person in people) await person.DisposeAsync();
    }

    /// <summary>A stop takes as long as the lanes do: what they have taken is stored, though nobody is left to be told of it.</summary>
    [Test]
    public async Task While_a_lane_waits_for_the_database()
    {
        var server = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled([]));
        var (ann, bob) = (await TestClient.RegisterAsync(server.Address, "Ann"), await TestClient.RegisterAsync(server.Address, "Bob"));
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        await ann.SendAsync(chat, "before");
        var appender = server.Services.GetRequiredService<MessageAppender>();
        var stopped = server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped;
        var host = new TaskCompletionSource();
        await using var registration = stopped.Register(host.SetResult);

        var sends = new List<Task>();
        Task end;
        await using (await HeldLock.OnChatAsync(Database, chat))
        {
            await Deadline.UntilAsync(
                () =>
                {
                    sends.Add(ann.SendAsync(chat, $"{sends.Count}"));
                    // A single one may be about to be taken.
                    return appender.Waiting > 1;
                },
                "one is taken by the lane, and others wait behind it");
            end = server.DisposeAsync().AsTask();
            await host.Task.OrDeadline();
            Assert.That(end.IsCompleted, Is.False, "the host has stopped, its lanes have not ended");
        }
        await end.OrDeadline();

        var stored = (await Database.StoredAsync(chat)).Select(m => m.MessageText).ToList();
        Assert.That(stored, Has.Count.GreaterThan(2));
        Assert.That(stored, Is.EqualTo(sends.Select((_, i) => $"{i}").Prepend("before").Take(stored.Count)));
        foreach (var unanswered in sends) Assert.CatchAsync(() => unanswered.OrDeadline());
        await ann.DisposeAsync();
        await bob.DisposeAsync();
    }
}

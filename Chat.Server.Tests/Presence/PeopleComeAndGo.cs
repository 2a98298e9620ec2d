using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Presence;

[TestFixture]
public sealed class PeopleComeAndGo : ServerFixture
{
    protected override Dictionary<string, string> Settings => new()
    {
        ["Presence:LeaseTime"] = "00:00:03", ["Presence:Linger"] = "00:00:00.3", ["Presence:SweepInterval"] = "00:00:00.050",
    };

    [Test]
    public async Task Who_watches_hears_of_coming_and_going_with_the_time()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await ann.OpenDirectChatAsync(bob);

        var watched = await WatchAsync(ann, bob.UserId);
        // The lease is taken beside the connecting, so the first answer may be either.
        if (!watched.Presences.Single().Online) await ann.Presences.WaitForAsync(p => p.UserId == bob.UserId && p.Online);

        var before = TimeProvider.System.GetUtcNow().UtcDateTime;
        await bob.Hub.StopAsync();
        var gone = await ann.Presences.WaitForAsync(p => p.UserId == bob.UserId && !p.Online);
        Assert.That(gone.LastSeen, Is.GreaterThanOrEqualTo(before.AddSeconds(-1)));

        var stored = () => Database.ScalarAsync<DateTime?>("SELECT last_seen FROM users WHERE user_id = @Id", new { Id = bob.UserId });
        await Deadline.UntilAsync(async () => await stored() is not null, "last_seen is written");

        await bob.ReconnectAsync();
        await Deadline.UntilAsync(
            () => Task.FromResult(ann.Presences.All.LastOrDefault(p => p.UserId == bob.UserId) is { Online: true }), "Bob is online again");
    }

    [Test]
    public async Task Several_devices_are_one_presence()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await ann.OpenDirectChatAsync(bob);
        await using var tablet = await bob.AnotherDeviceAsync();
        await Deadline.UntilAsync(async () => (await WatchAsync(ann, bob.UserId)).Presences.Single().Online, "Bob is online");

        await bob.Hub.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.That(ann.Presences.All.Where(p => !p.Online), Is.Empty);

        await tablet.Hub.StopAsync();
        await ann.Presences.WaitForAsync(p => p.UserId == bob.UserId && !p.Online);
    }

    [Test]
    public async Task Strangers_are_not_answered_and_do_not_hear()
    {
        await using var stranger = await RegisterAsync("Stranger");
        await using var bob = await RegisterAsync("Bob");

        Assert.That((await WatchAsync(stranger, bob.UserId)).Presences, Is.Empty);
        await bob.ReconnectAsync();
        await bob.Hub.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.That(stranger.Presences.All, Is.Empty);
    }

    [Test]
    public async Task A_new_watch_replaces_the_old_one()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");
        await ann.OpenDirectChatAsync(bob);
        await ann.OpenDirectChatAsync(cem);
        await Deadline.UntilAsync(
            async () => (await WatchAsync(ann, bob.UserId, cem.UserId)).Presences.All(p => p.Online), "both are online");

        await WatchAsync(ann, cem.UserId);
        await bob.Hub.StopAsync();
        await cem.Hub.StopAsync();
        await ann.Presences.WaitForAsync(p => p.UserId == cem.UserId && !p.Online);
        Assert.That(ann.Presences.All.Where(p => p.UserId == bob.UserId && !p.Online), Is.Empty);
    }

    [Test]
    public async Task Typing_is_passed_on_and_not_stored()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");
        var direct = await ann.OpenDirectChatAsync(bob);
        var group = await ann.CreateGroupAsync("Three", bob, cem);

        var result = await ann.CallAsync<SetTypingResult>(nameof(ChatHub.SetTyping), new SetTypingRequest(direct.ChatId, true));
        await ann.CallAsync<SetTypingResult>(nameof(ChatHub.SetTyping), new SetTypingRequest(group.ChatId, true));

        Assert.That(result.HeardBy, Is.True);
        await bob.Typing.WaitForAsync(t => t == new TypingChangedEvent(direct.ChatId, ann.UserId, true, TypingKinds.Text));
        await bob.Typing.WaitForAsync(t => t.ChatId == group.ChatId);
        await cem.Typing.WaitForAsync(t => t.ChatId == group.ChatId);
        Assert.That(cem.Typing.All.Where(t => t.ChatId == direct.ChatId), Is.Empty);
        Assert.That(ann.Typing.All, Is.Empty);
    }

    private static Task<WatchPresenceResult> WatchAsync(TestClient client, params long[] userIds) =>
        client.CallAsync<WatchPresenceResult>(nameof(ChatHub.WatchPresence), new WatchPresenceRequest(userIds));
}

using System.Diagnostics;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

/// <summary>
/// A removed member hears nothing that was sent after the removal was acknowledged, on any node, beyond the time that docs/decisions/0004
/// gives: also when the news of it is late, lost, or cannot be sent.
/// </summary>
[TestFixture, NonParallelizable]
public sealed class WhoIsRemovedHearsNoMore
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    [Test]
    public async Task With_redis_it_takes_a_moment()
    {
        await using var group = await GroupOnTwoNodes.StartAsync(TestRedis.Shared);
        await group.RemoveBobAsync();
        var acknowledged = Stopwatch.GetTimestamp();
        var sends = 0;
        while (Stopwatch.GetElapsedTime(acknowledged) < TimeSpan.FromSeconds(1.5))
        {
            var age = $"{Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds:0}";
            await Task.WhenAll(group.Ann.SendAsync(group.ChatId, age), group.Cem.SendAsync(group.ChatId, age));
            sends += 2;
        }
        await Deadline.UntilAsync(() => group.Cem.Messages.All.Count(m => m.System is null) >= sends / 2, "Cem has what Ann sent");

        var last = group.HeardByBob().Select(m => int.Parse(m.Text!)).DefaultIfEmpty(-1).Max();
        await TestContext.Out.WriteLineAsync($"of {sends} messages the removed member heard {group.HeardByBob().Count()}, the last one sent after {last} ms");
        Assert.That(last, Is.LessThan(1000));
    }

    [Test]
    public async Task Without_redis_what_the_node_itself_sends_is_not_heard_and_afterwards_nothing_of_the_others()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var group = await GroupOnTwoNodes.StartAsync(redis.ConnectionString);
        await redis.KillAsync();
        await group.RemoveBobAsync();
        await group.Cem.SendAsync(group.ChatId, "on Bob's node");
        await group.Bob.ChatsRemoved.WaitForAsync(c => c.ChatId == group.ChatId);

        await redis.RestartAsync();
        await Deadline.UntilAsync(async () =>
        {
            await group.Ann.SendAsync(group.ChatId, "on the other node");
            return group.Cem.Messages.All.Any(m => m.Text == "on the other node");
        }, "the nodes hear each other again");
        Assert.That(group.HeardByBob(), Is.Empty);
    }

    [Test]
    public async Task Redis_that_comes_back_lets_nothing_through_before_the_node_has_looked()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var group = await GroupOnTwoNodes.StartAsync(redis.ConnectionString);
        await redis.KillAsync();
        await group.RemoveBobAsync();
        await redis.RestartAsync();
        await Deadline.UntilAsync(async () =>
        {
            await group.Ann.SendAsync(group.ChatId, "on the other node");
            return group.Cem.Messages.All.Any(m => m.Text == "on the other node");
        }, "the nodes hear each other again");
        await group.Bob.ChatsRemoved.WaitForAsync(c => c.ChatId == group.ChatId);
        Assert.That(group.HeardByBob(), Is.Empty);
    }

    [Test]
    public async Task When_the_news_is_lost_the_next_send_on_the_node_notices()
    {
        await using var group = await GroupOnTwoNodes.StartAsync(TestRedis.Shared);
        GroupOnTwoNodes.BusOf(group.One).IsMute = true;
        await group.RemoveBobAsync();
        await group.Cem.SendAsync(group.ChatId, "after the removal");
        await group.BobIsToldAgainAsync();
        Assert.That(group.HeardByBob(), Is.Empty);
    }

    [Test]
    public async Task A_send_on_a_node_that_did_not_hear_makes_it_tell_the_others()
    {
        await using var group = await GroupOnTwoNodes.StartAsync(TestRedis.Shared);
        var third = await group.AddDeviceAsync(group.AddNode(), group.Cem);
        await third.SendAsync(group.ChatId, "before");
        await group.Bob.Messages.WaitForAsync(m => m.Text == "before");
        // As when the first node alone is cut off from Redis.
        GroupOnTwoNodes.BusOf(group.One).IsMute = true;
        await group.RemoveBobAsync();
        await third.SendAsync(group.ChatId, "the first may still be heard");
        await group.BobIsToldAgainAsync();
        await third.SendAsync(group.ChatId, "the next may not");
        await group.Cem.Messages.WaitForAsync(m => m.Text == "the next may not");
        Assert.That(group.HeardByBob().Select(m => m.Text), Has.None.EqualTo("the next may not"));
    }

    [Test]
    public async Task When_the_news_is_lost_and_nobody_notices_the_next_check_does()
    {
        await using var group = await GroupOnTwoNodes.StartAsync(TestRedis.Shared, CheckInterval);
        GroupOnTwoNodes.BusOf(group.One).IsMute = true;
        await group.RemoveBobAsync();
        var removed = Stopwatch.GetTimestamp();
        await group.BobIsToldAgainAsync();
        Assert.That(Stopwatch.GetElapsedTime(removed), Is.LessThan(CheckInterval * 3), "one interval, on a slow machine");
        await group.Ann.SendAsync(group.ChatId, "after the check");
        await group.Cem.Messages.WaitForAsync(m => m.Text == "after the check");
        Assert.That(group.HeardByBob().Select(m => m.Text), Has.None.EqualTo("after the check"));
    }

    [Test]
    public async Task A_node_that_does_not_hear_the_news_passes_on_nothing_to_chats_until_it_has_looked()
    {
        await using var group = await GroupOnTwoNodes.StartAsync(TestRedis.Shared);
        var bus = GroupOnTwoNodes.BusOf(group.Two);
        var direct = await group.Ann.OpenDirectChatAsync(group.Cem);
        GroupOnTwoNodes.BusOf(group.One).IsMute = true;
        bus.IsDeaf = true;
        await group.RemoveBobAsync();
        await group.Ann.SendAsync(group.ChatId, "to the group");
        await group.Ann.SendAsync(direct.ChatId, "to Cem");
        await group.Cem.Messages.WaitForAsync(m => m.Text == "to Cem");
        Assert.That(group.Cem.Messages.All.Select(m => m.Text), Has.None.EqualTo("to the group"));

        var resyncs = group.Cem.Resyncs.All.Count;
        bus.LoseNews();
        bus.IsDeaf = false;
        await group.BobIsToldAgainAsync();
        await group.Cem.Resyncs.WaitForCountAsync(resyncs + 1);
        Assert.That((await group.Cem.CatchUpAsync(group.ChatId)).Select(m => m.Text), Does.Contain("to the group"));
        await group.Ann.SendAsync(group.ChatId, "afterwards");
        await group.Cem.Messages.WaitForAsync(m => m.Text == "afterwards");
        Assert.That(group.HeardByBob(), Is.Empty);
    }

    [Test]
    public async Task A_session_whose_end_was_not_told_is_closed_at_the_next_check()
    {
        await using var group = await GroupOnTwoNodes.StartAsync(TestRedis.Shared, CheckInterval);
        GroupOnTwoNodes.BusOf(group.One).IsMute = true;
        using var http = group.One.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", group.Bob.Account.AccessToken);
        using var answer = await http.PostAsync("/api/auth/logout", null);
        answer.EnsureSuccessStatusCode();
        await group.Bob.Closed.Task.OrDeadline();
        Assert.That(group.Cem.Closed.Task.IsCompleted, Is.False);
    }
}

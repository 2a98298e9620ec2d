using Chat.Server.Features.Scheduling;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Flows;

/// <summary>Messages that are sent later: at their time, once, by the rules of then; and what their author's devices hear of them.</summary>
[TestFixture]
public sealed class Scheduling : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    /// <summary>The job runs when a test says so.</summary>
    protected override Dictionary<string, string> Settings => new() { ["Scheduling:CheckInterval"] = "1.00:00:00" };

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [Test]
    public async Task A_message_is_sent_at_its_time_and_not_before()
    {
        await using var phone = await _ann.AnotherDeviceAsync();
        var heard = Hear(phone);
        var id = Guid.NewGuid();
        var scheduled = await ScheduleAsync("later", id);
        Assert.That((await heard.WaitForAsync(c => c.State == ScheduledStates.Waiting)).Scheduled, Is.EqualTo(scheduled));
        Assert.That(await ScheduleAsync("a repeat", id), Is.EqualTo(scheduled));
        Assert.That((await ListAsync(phone)).Single(), Is.EqualTo(scheduled));
        await SendDueAsync();
        Assert.That((await _ann.GetChatAsync(_chat)).LastMessageId, Is.Zero);

        await DueNowAsync(scheduled);
        await SendDueAsync();
        var sent = await heard.WaitForAsync(c => c.State == ScheduledStates.Sent);
        var pushed = await _bob.Messages.WaitForAsync(m => m.Text == "later");
        Assert.That((pushed.ClientMessageId, pushed.MessageId), Is.EqualTo(((Guid?)id, sent.MessageId)));
        await _ann.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        Assert.That(await ListAsync(_ann), Is.Empty);
        Assert.That((await _ann.SendAsync(_chat, "by hand", id)).Duplicate, Is.True);
    }

    [Test]
    public async Task It_can_be_moved_and_taken_back_until_it_is_being_sent()
    {
        var heard = Hear(_ann);
        await using var phone = await _ann.AnotherDeviceAsync();
        var (first, second) = (await ScheduleAsync("first"), await ScheduleAsync("second"));
        var at = Now.AddDays(3);
        var moved = await phone.CallAsync<ScheduledMessageView>(nameof(ChatHub.MoveScheduled), new MoveScheduledRequest(first.ScheduledId, at));
        Assert.That(moved.SendAt, Is.EqualTo(at).Within(TimeSpan.FromMicroseconds(1)));
        await heard.WaitForAsync(c => c.State == ScheduledStates.Waiting && c.Scheduled.SendAt == moved.SendAt);
        await phone.CallAsync<ScheduledMessageView>(nameof(ChatHub.CancelScheduled), new CancelScheduledRequest(second.ScheduledId));
        await heard.WaitForAsync(c => c.State == ScheduledStates.Canceled && c.Scheduled.ScheduledId == second.ScheduledId);
        Assert.That((await ListAsync(_ann)).Select(s => s.Message.Text), Is.EqualTo(new[] { "first" }));

        await Database.ExecuteAsync("UPDATE scheduled_messages SET claimed_until = @until WHERE scheduled_id = @id", new { until = Now.AddMinutes(1), id = first.ScheduledId });
        foreach (var (method, request) in new (string, object)[]
        {
            (nameof(ChatHub.CancelScheduled), new CancelScheduledRequest(first.ScheduledId)),
            (nameof(ChatHub.MoveScheduled), new MoveScheduledRequest(first.ScheduledId, at)),
        })
        {
            Assert.That(await _ann.RefusalAsync(method, request), Does.StartWith("conflict: scheduledId: "));
            Assert.That(await _bob.RefusalAsync(method, request), Does.StartWith("not_found: "), "somebody else's");
        }
    }

    [Test]
    public async Task A_node_that_ended_after_the_send_leaves_it_to_another_which_sends_nothing_twice()
    {
        var scheduled = await ScheduleAsync("once");
        await DueNowAsync(scheduled);
        // As after a crash between the send and its mark: the message is in the chat, and the claim has run out.
        await _ann.SendAsync(_chat, "once", scheduled.Message.ClientMessageId);
        await Database.ExecuteAsync("UPDATE scheduled_messages SET claimed_until = @past WHERE scheduled_id = @id", new { past = Now.AddSeconds(-1), id = scheduled.ScheduledId });
        await SendDueAsync();
        Assert.That((await _bob.CatchUpAsync(_chat)).Select(m => m.Text), Is.EqualTo(new[] { "once" }));
        Assert.That(await ListAsync(_ann), Is.Empty);
    }

    [Test]
    public async Task Two_nodes_at_once_send_each_message_once_and_in_order()
    {
        const int Count = 90;
        var scheduled = new List<ScheduledMessageView>();
        for (var i = 0; i < Count; i++) scheduled.Add(await ScheduleAsync($"{i:00}", sendAt: Now.AddHours(1).AddMilliseconds(i)));
        await Database.ExecuteAsync(
            "UPDATE scheduled_messages SET next_try_at = next_try_at - INTERVAL 2 HOUR, send_at = send_at - INTERVAL 2 HOUR WHERE user_id = @id", new { id = _ann.UserId });
        await using var second = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled(Settings));
        _ = second.Address;
        await Task.WhenAll(SendDueAsync(), second.Services.GetRequiredService<ScheduledSender>().SendDueAsync(CancellationToken.None));
        await Deadline.UntilAsync(async () => (await ListAsync(_ann)).Count == 0, "all are sent");
        Assert.That((await _bob.CatchUpAsync(_chat)).Select(m => m.Text), Is.EqualTo(Enumerable.Range(0, Count).Select(i => $"{i:00}")));
    }

    [Test]
    public async Task The_rules_are_those_of_its_time_and_its_author_is_told_what_failed()
    {
        var heard = Hear(_bob);
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(group);
        var scheduled = await ScheduleAsync("too late", by: _bob, chat: group);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(group, _bob.UserId, ["react"]));
        await DueNowAsync(scheduled);
        await SendDueAsync();
        var failed = await heard.WaitForAsync(c => c.State == ScheduledStates.Failed);
        Assert.That(failed.Scheduled.Failure, Is.EqualTo("forbidden"));
        Assert.That((await ListAsync(_bob)).Single().Failure, Is.EqualTo("forbidden"));
        await SendDueAsync();
        Assert.That(heard.All.Count(c => c.State == ScheduledStates.Failed), Is.EqualTo(1), "not tried again by itself");

        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(group, _bob.UserId));
        var moved = await _bob.CallAsync<ScheduledMessageView>(nameof(ChatHub.MoveScheduled), new MoveScheduledRequest(scheduled.ScheduledId, Now.AddHours(1)));
        Assert.That(moved.Failure, Is.Null);
        await DueNowAsync(moved);
        await SendDueAsync();
        await _ann.Messages.WaitForAsync(m => m.Text == "too late");
    }

    [Test]
    public async Task What_may_pass_is_tried_again()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(group);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetSlowMode), new SetSlowModeRequest(group, 3600));
        await _bob.SendAsync(group, "just now");
        var scheduled = await ScheduleAsync("slowly", by: _bob, chat: group);
        await DueNowAsync(scheduled);
        await SendDueAsync();
        Assert.That((await ListAsync(_bob)).Single().Failure, Is.Null);
        var nextTry = await Database.ScalarAsync<DateTime>("SELECT next_try_at FROM scheduled_messages WHERE scheduled_id = @id", new { id = scheduled.ScheduledId });
        Assert.That(nextTry, Is.EqualTo(Now.AddHours(1)).Within(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task Times_and_numbers_are_limited()
    {
        foreach (var at in new[] { Now.AddMinutes(-1), Now.AddDays(Limits.ScheduleDays + 1) })
            Assert.That(
                await _ann.RefusalAsync(nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(_chat, Guid.NewGuid(), at, "x")), Does.StartWith("invalid: sendAt: "));
        await Task.WhenAll(Enumerable.Range(0, Limits.ScheduledMessages).Select(i => ScheduleAsync($"{i}")));
        Assert.That(
            await _ann.RefusalAsync(nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(_chat, Guid.NewGuid(), Now.AddHours(1), "x")), Does.StartWith("too_large: "));
        Assert.That(await ListAsync(_ann), Has.Count.EqualTo(Limits.ScheduledMessages));
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private Task<ScheduledMessageView> ScheduleAsync(string text, Guid? id = null, TestClient? by = null, long? chat = null, DateTime? sendAt = null) =>
        (by ?? _ann).CallAsync<ScheduledMessageView>(
            nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(chat ?? _chat, id ?? Guid.NewGuid(), sendAt ?? Now.AddHours(1), text));

    private static async Task<IReadOnlyList<ScheduledMessageView>> ListAsync(TestClient client) =>
        (await client.CallAsync<ScheduledMessageList>(nameof(ChatHub.ListScheduled), new ListScheduledRequest())).Messages;

    /// <summary>As if its time had come.</summary>
    private Task DueNowAsync(ScheduledMessageView scheduled) => Database.ExecuteAsync(
        "UPDATE scheduled_messages SET send_at = @past, next_try_at = @past WHERE scheduled_id = @id", new { past = Now.AddSeconds(-1), id = scheduled.ScheduledId });

    private Task SendDueAsync() => Server.Services.GetRequiredService<ScheduledSender>().SendDueAsync(CancellationToken.None);

    private static EventLog<ScheduledChangedEvent> Hear(TestClient client)
    {
        var heard = new EventLog<ScheduledChangedEvent>();
        client.Hub.On<ScheduledChangedEvent>(nameof(IChatClient.ScheduledChanged), heard.Add);
        return heard;
    }
}

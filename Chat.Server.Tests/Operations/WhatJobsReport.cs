using Chat.Server.Features.Disappearing;
using Chat.Server.Features.Exports;
using Chat.Server.Features.Media;
using Chat.Server.Features.Scheduling;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Tests.Operations.Support;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Operations;

/// <summary>Of each background job: how long the oldest thing waits that it should have done, and what became of what it did.</summary>
[TestFixture]
internal sealed class WhatJobsReport : ServerFixture
{
    private readonly TempFolder _folder = new();
    private JobReports _reports = null!;
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    /// <summary>The jobs run when a test says so.</summary>
    protected override Dictionary<string, string> Settings => new()
    {
        ["Scheduling:CheckInterval"] = "1.00:00:00", ["Disappearing:CheckInterval"] = "1.00:00:00", ["Media:CollectInterval"] = "1.00:00:00",
        ["Exports:PollInterval"] = "1.00:00:00", ["Exports:Folder"] = Path.Combine(_folder.Path, "exports"),
        ["Media:Folder"] = Path.Combine(_folder.Path, "media"),
    };

    [OneTimeTearDown]
    public void Clean() => _folder.Dispose();

    [SetUp]
    public async Task Meet()
    {
        _reports = new JobReports(Server.Services);
        (_ann, _bob) = await AnnAndBobAsync();
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [TearDown]
    public void StopListening() => _reports.Dispose();

    [Test]
    public async Task Scheduled_messages_that_are_sent_fail_or_are_to_be_tried_again()
    {
        await AssertLagAsync(ScheduledSender.Job, 0);
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(group);
        await ScheduleAsync(_ann, _chat);
        var slow = await ScheduleAsync(_bob, group);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetSlowMode), new SetSlowModeRequest(group, 3600));
        await _bob.SendAsync(group, "by hand");
        await AssertLagAsync(ScheduledSender.Job, 0, "their time is to come");
        await Database.ExecuteAsync("UPDATE scheduled_messages SET next_try_at = UTC_TIMESTAMP(6) - INTERVAL 100 SECOND, send_at = next_try_at");
        await AssertLagAsync(ScheduledSender.Job, 100);

        await SendDueAsync();
        Assert.That(Items(ScheduledSender.Job), Is.EqualTo((1, 0, 1)));
        await AssertLagAsync(ScheduledSender.Job, 0);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(group, _bob.UserId));
        await Database.ExecuteAsync("UPDATE scheduled_messages SET next_try_at = UTC_TIMESTAMP(6) WHERE scheduled_id = @Id", new { Id = slow });
        await SendDueAsync();
        Assert.That(Items(ScheduledSender.Job), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task Messages_that_are_removed_at_their_time()
    {
        await _ann.CallAsync<SetDisappearingResult>(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(_chat, 86_400));
        for (var i = 0; i < 3; i++) await _ann.SendAsync(_chat, $"{i}");
        await AssertLagAsync(MessageExpiry.Job, 0);
        foreach (var table in new[] { "messages", "expiring_messages" })
            await Database.ExecuteAsync(
                $"UPDATE {table} SET expires_at = @past WHERE chat_id = @_chat AND message_id IN (2, 3)", new { past = DateTime.UtcNow.AddSeconds(-100), _chat });
        await AssertLagAsync(MessageExpiry.Job, 100);
        await Server.Services.GetRequiredService<MessageExpiry>().ExpireAsync(CancellationToken.None);
        Assert.That(Items(MessageExpiry.Job), Is.EqualTo((2, 0, 0)));
        await AssertLagAsync(MessageExpiry.Job, 0);
    }

    [Test]
    public async Task Files_that_nobody_holds()
    {
        var key = Guid.NewGuid().ToByteArray();
        await Database.ExecuteAsync(
            """
            INSERT INTO media_blobs (blob_key, byte_size, stored_at) VALUES (@key, 5, UTC_TIMESTAMP(6));
            INSERT INTO media (owner_id, blob_key, media_type, content_type, created_at, check_after)
            VALUES (@Ann, @key, 'image', 'image/png', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) - INTERVAL 100 SECOND)
            """,
            new { key, Ann = _ann.UserId });
        await AssertLagAsync(MediaCollector.Job, 100);
        await Server.Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None);
        Assert.That(Items(MediaCollector.Job), Is.EqualTo((2, 0, 0)), "the file, and what is in the store");
        await AssertLagAsync(MediaCollector.Job, 0);

        await Database.ExecuteAsync(
            "INSERT INTO media_blobs (blob_key, byte_size, stored_at, check_after) VALUES (@key, 5, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) - INTERVAL 50 SECOND)", new { key });
        await AssertLagAsync(MediaCollector.Job, 50);
    }

    [Test]
    public async Task Exports_that_wait_are_done_or_are_given_up_after_their_last_attempt()
    {
        const string Insert = "INSERT INTO account_exports (user_id, active_user_id, status, attempts, lease, lease_until, created_at) VALUES ";
        await Database.ExecuteAsync(Insert + "(@Ann, @Ann, 'waiting', 0, NULL, NULL, UTC_TIMESTAMP(6) - INTERVAL 100 SECOND)", new { Ann = _ann.UserId });
        await AssertLagAsync(ExportWorker.Name, 100);
        await WorkAsync();
        Assert.That(Items(ExportWorker.Name), Is.EqualTo((1, 0, 0)));
        await AssertLagAsync(ExportWorker.Name, 0);

        // A message that nobody can read.
        await _ann.SendAsync(_chat, "text");
        await Database.ExecuteAsync("UPDATE messages SET body = 'no JSON' WHERE chat_id = @_chat", new { _chat });
        await Database.ExecuteAsync(
            Insert + """
            (@Ann, @Ann, 'running', 1, x'00112233445566778899aabbccddeeff', UTC_TIMESTAMP(6) - INTERVAL 50 SECOND, UTC_TIMESTAMP(6) - INTERVAL 500 SECOND),
            (@Bob, @Bob, 'running', 2, x'ff112233445566778899aabbccddeeff', UTC_TIMESTAMP(6) - INTERVAL 40 SECOND, UTC_TIMESTAMP(6))
            """,
            new { Ann = _ann.UserId, Bob = _bob.UserId });
        await AssertLagAsync(ExportWorker.Name, 50);
        await WorkAsync();
        Assert.That(Items(ExportWorker.Name), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task What_cannot_be_told_is_not_told()
    {
        await AssertLagAsync(ScheduledSender.Job, 0);
        Server.Services.GetRequiredService<JobMetrics>().Measured();
        Assert.That(_reports.LagOf(ScheduledSender.Job), Is.Null);
    }

    private async Task AssertLagAsync(string job, double seconds, string? why = null)
    {
        await Server.Services.GetRequiredService<JobLagWatch>().MeasureAsync(CancellationToken.None);
        Assert.That(_reports.LagOf(job), Is.InRange(seconds, seconds == 0 ? 0 : seconds + Deadline.Default.TotalSeconds), why);
    }

    private (long Done, long Failed, long Postponed) Items(string job) =>
        (_reports.ItemsOf(job, "done"), _reports.ItemsOf(job, "failed"), _reports.ItemsOf(job, "postponed"));

    private Task SendDueAsync() => Server.Services.GetRequiredService<ScheduledSender>().SendDueAsync(CancellationToken.None);

    private Task WorkAsync() => Server.Services.GetRequiredService<ExportWorker>().WorkAndPurgeAsync(CancellationToken.None);

    private static async Task<long> ScheduleAsync(TestClient author, long chat) =>
        (await author.CallAsync<ScheduledMessageView>(
            nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(chat, Guid.NewGuid(), DateTime.UtcNow.AddHours(1), "later"))).ScheduledId;
}

using System.Net;
using Chat.Server.Features.Media;
using Chat.Server.Features.Scheduling;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Media;

/// <summary>Files of messages that wait for their time: kept until then, sent once, let go when the message is taken back.</summary>
[TestFixture]
public sealed class SchedulingFiles : MediaFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    /// <summary>The job runs when a test says so.</summary>
    protected override Dictionary<string, string> Settings => new(base.Settings) { ["Scheduling:CheckInterval"] = "1.00:00:00" };

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [Test]
    public async Task A_file_is_listed_kept_and_sent_at_its_time()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 200), "type=image&width=640&height=480&fileName=later.png");
        var expected = new MessageMediaView(media.MediaId, "image/png", 1000, HasThumbnail: false, "later.png", 640, 480);
        var scheduled = await ScheduleAsync(_ann, media.MediaId, "look");
        Assert.That((scheduled.Media, scheduled.Message.MediaId, scheduled.Message.Text), Is.EqualTo((expected, media.MediaId, "look")));
        Assert.That((await ListAsync(_ann)).Single(), Is.EqualTo(scheduled));

        await CollectAsync(media.MediaId);
        Assert.That(await StatusAsync(_ann, media.MediaId), Is.EqualTo(HttpStatusCode.OK), "it is no orphan");
        var lookAgain = await Database.ScalarAsync<DateTime?>("SELECT check_after FROM media WHERE media_id = @MediaId", media);
        Assert.That(lookAgain, Is.GreaterThan(Now).And.LessThan(Now.AddDays(2)), "and looked at again before long");
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "before it is sent");

        await DueNowAsync(scheduled.ScheduledId);
        await SendDueAsync(Server);
        var pushed = await _bob.Messages.WaitForAsync(m => m.ClientMessageId == scheduled.Message.ClientMessageId);
        Assert.That((pushed.Type, pushed.Text, pushed.Media), Is.EqualTo(("image", "look", expected)));
        Assert.That(await ListAsync(_ann), Is.Empty);
        await CollectAsync(media.MediaId);
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.OK), "its message holds it");
    }

    [TestCase("video"), TestCase("document"), TestCase("audio"), TestCase("voice")]
    public async Task Every_type_of_file(string type)
    {
        var media = await UploadAsync(_ann, Samples.Mp4(), type == "document" ? "type=document" : $"type={type}&durationMs=1500");
        var scheduled = await ScheduleAsync(_ann, media.MediaId, type: type);
        Assert.That((scheduled.Media!.MediaId, scheduled.Media.DurationMs), Is.EqualTo((media.MediaId, type == "document" ? (int?)null : 1500)));
        await DueNowAsync(scheduled.ScheduledId);
        await SendDueAsync(Server);
        Assert.That((await _bob.Messages.WaitForAsync(m => m.Media?.MediaId == media.MediaId)).Type, Is.EqualTo(type));
    }

    [Test]
    public async Task It_is_let_go_of_when_the_last_that_waits_for_it_is_taken_back()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 201));
        var (first, second) = (await ScheduleAsync(_ann, media.MediaId), await ScheduleAsync(_ann, media.MediaId));
        await CancelAsync(first.ScheduledId);
        await CollectAsync(media.MediaId);
        Assert.That(await StatusAsync(_ann, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await CancelAsync(second.ScheduledId)).Media!.MediaId, Is.EqualTo(media.MediaId), "as it was");
        await CollectAsync(media.MediaId);
        Assert.That(await StatusAsync(_ann, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task It_outlives_another_message_that_held_it()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 202));
        var sent = await _ann.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(_chat, Guid.NewGuid(), MediaId: media.MediaId));
        await CollectAsync(media.MediaId);
        var scheduled = await ScheduleAsync(_ann, media.MediaId);
        await DeleteAsync(_ann, _chat, sent.MessageId);
        await CollectAsync(media.MediaId);
        await DueNowAsync(scheduled.ScheduledId);
        await SendDueAsync(Server);
        await _bob.Messages.WaitForAsync(m => m.ClientMessageId == scheduled.Message.ClientMessageId);
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Only_what_one_may_see_and_only_as_what_it_is()
    {
        var foreign = await UploadAsync(_bob, Samples.Png(seed: 203));
        var nothing = await RefusalAsync(987_654);
        Assert.That(await RefusalAsync(foreign.MediaId), Is.EqualTo(nothing).And.StartsWith("not_found: "));
        var media = await UploadAsync(_ann, Samples.Png(seed: 204));
        Assert.That(await RefusalAsync(media.MediaId, "video"), Does.StartWith("invalid: type: "));
        Assert.That(await RefusalAsync(0), Does.StartWith("invalid: mediaId: "));
        Assert.That(await ListAsync(_ann), Is.Empty);
    }

    [Test]
    public async Task Somebody_elses_file_is_theirs_to_take_back()
    {
        var media = await UploadAsync(_bob, Samples.Png(seed: 205));
        var sent = await _bob.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(_chat, Guid.NewGuid(), MediaId: media.MediaId));
        var scheduled = await ScheduleAsync(_ann, media.MediaId);
        await DeleteAsync(_bob, _chat, sent.MessageId);
        await CollectAsync(media.MediaId);
        await DueNowAsync(scheduled.ScheduledId);
        await SendDueAsync(Server);
        Assert.That((await ListAsync(_ann)).Single().Failure, Is.EqualTo("not_found"));
        await CancelAsync(scheduled.ScheduledId);
    }

    [Test]
    public async Task It_is_kept_over_a_restart_and_after_a_failure()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 206));
        var scheduled = await ScheduleAsync(_ann, media.MediaId);
        await Database.ExecuteAsync("UPDATE scheduled_messages SET next_try_at = NULL, failure = 'forbidden' WHERE scheduled_id = @ScheduledId", scheduled);
        await using var restarted = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled(Settings));
        _ = restarted.Address;
        await CollectAsync(media.MediaId, restarted);
        await using var again = await TestClient.ConnectAsync(restarted.Address, _ann.Account);
        Assert.That((await ListAsync(again)).Single().Media, Is.EqualTo(scheduled.Media));

        await again.CallAsync<ScheduledMessageView>(nameof(ChatHub.MoveScheduled), new MoveScheduledRequest(scheduled.ScheduledId, Now.AddHours(1)));
        await DueNowAsync(scheduled.ScheduledId);
        await SendDueAsync(restarted);
        Assert.That((await _bob.CatchUpAsync(_chat)).Single().Media, Is.EqualTo(scheduled.Media));
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Two_nodes_at_once_send_each_file_once_while_both_collect()
    {
        const int Count = 20;
        var media = new List<MediaView>();
        for (var seed = 0; seed < Count; seed++) media.Add(await UploadAsync(_ann, Samples.Png(seed: 300 + seed)));
        foreach (var file in media) await DueNowAsync((await ScheduleAsync(_ann, file.MediaId)).ScheduledId);
        await using var second = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled(Settings));
        _ = second.Address;
        await Database.ExecuteAsync("UPDATE media SET check_after = '2020-01-01' WHERE owner_id = @UserId", new { _ann.UserId });

        await Task.WhenAll(SendDueAsync(Server), CollectAsync(null), SendDueAsync(second), CollectAsync(null, second));
        await Deadline.UntilAsync(async () => (await ListAsync(_ann)).Count == 0, "all are sent");
        Assert.That((await _bob.CatchUpAsync(_chat)).Select(m => m.Media!.MediaId), Is.EqualTo(media.Select(m => m.MediaId)));
        foreach (var file in media) Assert.That(await StatusAsync(_bob, file.MediaId), Is.EqualTo(HttpStatusCode.OK));
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private Task<ScheduledMessageView> ScheduleAsync(TestClient by, long mediaId, string? caption = null, string? type = null) =>
        by.CallAsync<ScheduledMessageView>(nameof(ChatHub.ScheduleMessage), Request(mediaId, type) with { Text = caption });

    private Task<string> RefusalAsync(long mediaId, string? type = null) => _ann.RefusalAsync(nameof(ChatHub.ScheduleMessage), Request(mediaId, type));

    private ScheduleMessageRequest Request(long mediaId, string? type) => new(_chat, Guid.NewGuid(), Now.AddHours(1), MediaId: mediaId, Type: type);

    private Task<ScheduledMessageView> CancelAsync(long scheduledId) =>
        _ann.CallAsync<ScheduledMessageView>(nameof(ChatHub.CancelScheduled), new CancelScheduledRequest(scheduledId));

    private static async Task<IReadOnlyList<ScheduledMessageView>> ListAsync(TestClient client) =>
        (await client.CallAsync<ScheduledMessageList>(nameof(ChatHub.ListScheduled), new ListScheduledRequest())).Messages;

    private static Task DeleteAsync(TestClient client, long chatId, long messageId) => client.CallAsync<DeleteMessagesResult>(
        nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chatId, [messageId], ForEveryone: true));

    /// <summary>As if its time had come.</summary>
    private Task DueNowAsync(long scheduledId) => Database.ExecuteAsync(
        "UPDATE scheduled_messages SET send_at = @past, next_try_at = @past WHERE scheduled_id = @scheduledId", new { past = Now.AddSeconds(-1), scheduledId });

    private static Task SendDueAsync(ChatServerFactory server) =>
        server.Services.GetRequiredService<ScheduledSender>().SendDueAsync(CancellationToken.None);

    private async Task<HttpStatusCode> StatusAsync(TestClient client, long mediaId)
    {
        using var response = await GetAsync(client, $"/api/media/{mediaId}");
        return response.StatusCode;
    }

    /// <summary>Lets the collector look at everything that is due; at one file that is not due, too.</summary>
    private async Task CollectAsync(long? mediaId, ChatServerFactory? server = null)
    {
        await Database.ExecuteAsync("UPDATE media SET check_after = '2020-01-01' WHERE media_id = @mediaId", new { mediaId });
        await (server ?? Server).Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None);
    }
}

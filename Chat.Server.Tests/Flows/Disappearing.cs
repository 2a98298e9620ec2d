using Chat.Data.Messages;
using Chat.Server.Features.Disappearing;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Flows;

/// <summary>Messages that go after the time that their chat has set: which do, who sees what of them until when, and what is left.</summary>
[TestFixture]
public sealed class Disappearing : ServerFixture
{
    private const int Day = 86_400;

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    /// <summary>The job runs when a test says so.</summary>
    protected override Dictionary<string, string> Settings => new() { ["Disappearing:CheckInterval"] = "1.00:00:00" };

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [Test]
    public async Task Messages_after_the_change_have_its_time_and_those_before_keep_theirs()
    {
        await _ann.SendAsync(_chat, "stays");
        var set = await SetAsync(_bob, Day);
        var recorded = await _ann.Messages.WaitForAsync(m => m.MessageId == set.MessageId);
        Assert.That((recorded.System!.Kind, recorded.System.Seconds), Is.EqualTo((SystemMessageKinds.DisappearingChanged, (int?)Day)));
        Assert.That((await _ann.GetChatAsync(_chat)).DisappearingSeconds, Is.EqualTo(Day));
        Assert.That((await SetAsync(_ann, Day)).MessageId, Is.Null, "it is so already");

        var sent = await _ann.SendAsync(_chat, "for a day");
        var pushed = await _bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        Assert.That(pushed.ExpiresAt, Is.EqualTo(sent.SentAt.AddSeconds(Day)));
        Assert.That(sent.ExpiresAt, Is.EqualTo(pushed.ExpiresAt));
        await SetAsync(_ann, null);
        await _ann.SendAsync(_chat, "stays, too");

        var read = (await _bob.CatchUpAsync(_chat)).Where(m => m.System is null).Select(m => (m.Text, m.ExpiresAt));
        Assert.That(read, Is.EqualTo(new[] { ("stays", (DateTime?)null), ("for a day", pushed.ExpiresAt), ("stays, too", null) }));
        Assert.That((await _bob.GetChatAsync(_chat)).DisappearingSeconds, Is.Zero);
    }

    [Test]
    public async Task Nobody_reads_what_has_expired_though_it_is_not_removed_yet()
    {
        await SetAsync(_ann, Day);
        var sent = await _ann.SendAsync(_chat, "gone");
        Assert.That((await _bob.GetChatAsync(_chat)).UnreadCount, Is.EqualTo(1));
        await ExpireNowAsync(sent.MessageId);

        foreach (var client in new[] { _ann, _bob })
        {
            var head = await client.GetChatAsync(_chat);
            Assert.That((head.LastMessage!.Type, head.UnreadCount, head.LastMessageId), Is.EqualTo((MessageTypes.System, 0, sent.MessageId)));
            var sync = await client.SyncAsync(_chat, 0);
            Assert.That((sync.Messages.Select(m => m.Type), sync.UpToMessageId), Is.EqualTo((new[] { MessageTypes.System }, sent.MessageId)));
            foreach (var request in new[] { new ListMessagesRequest(_chat), new ListMessagesRequest(_chat, AroundMessageId: sent.MessageId) })
                Assert.That((await client.ListMessagesAsync(request)).Messages.Select(m => m.MessageId), Has.None.EqualTo(sent.MessageId));
        }
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "x")), Does.StartWith("not_found: "));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.SetReaction), new SetReactionRequest(_chat, sent.MessageId, "👍")), Does.StartWith("not_found: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(_chat, sent.MessageId)), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task What_has_expired_is_removed_and_everybody_told_now_or_by_sync()
    {
        await SetAsync(_ann, Day);
        var (first, second, third) = (await _ann.SendAsync(_chat, "one"), await _ann.SendAsync(_chat, "two"), await _ann.SendAsync(_chat, "three"));
        await _bob.CallAsync<MessageChangeResult>(nameof(ChatHub.SetReaction), new SetReactionRequest(_chat, first.MessageId, "👍"));
        await _bob.CallAsync<MessageChangeResult>(nameof(ChatHub.PinMessage), new PinMessageRequest(_chat, first.MessageId));
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, first.MessageId, "uno"));
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [second.MessageId], true));
        var held = await SyncAsync(_bob, 0, null);
        await ExpireNowAsync(first.MessageId, second.MessageId);
        await RunJobAsync();

        var heard = await _bob.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Expired);
        Assert.That((heard.ActorId, heard.Message!.MessageId, heard.Message.Text, heard.Message.Reactions, heard.Message.Pinned),
            Is.EqualTo(((long?)null, first.MessageId, (string?)null, (IReadOnlyList<ReactionCountView>?)null, (bool?)null)));
        var sync = await SyncAsync(_bob, held.UpToMessageId, held.UpToChangeId);
        var changed = sync.Changes.Single();
        Assert.That((changed.MessageId, changed.Text, changed.DeletedAt >= changed.ExpiresAt), Is.EqualTo((first.MessageId, (string?)null, true)));
        Assert.That((await _bob.CatchUpAsync(_chat)).Where(m => m.System is null).Select(m => m.MessageId), Is.EqualTo(new[] { third.MessageId }), "no tombstones");

        foreach (var table in new[] { "message_edits", "message_reactions", "pinned_messages" })
            Assert.That(await Database.ScalarAsync<long>($"SELECT COUNT(*) FROM {table} WHERE chat_id = @chat", new { chat = _chat }), Is.Zero, table);
        var stored = (await Database.StoredAsync(_chat)).Single(m => m.MessageId == first.MessageId);
        Assert.That((stored.MessageText, stored.Body, stored.Reactions), Is.EqualTo(((string?)null, (string?)null, (string?)null)));
        Assert.That(await WaitingAsync(), Is.EqualTo(1), "the third waits for its time");

        await RunJobAsync();
        Assert.That((await _bob.GetChatAsync(_chat)).LastChangeId, Is.EqualTo(sync.LastChangeId), "it is done once");
    }

    [Test]
    public async Task Two_jobs_at_once_remove_each_message_once()
    {
        const int Count = 300;
        await SetAsync(_ann, Day);
        for (var i = 0; i < Count; i += 50) await Task.WhenAll(Enumerable.Range(i, 50).Select(n => _ann.SendAsync(_chat, $"{n}")));
        var before = (await _ann.GetChatAsync(_chat)).LastChangeId;
        await ExpireNowAsync([.. Enumerable.Range(2, Count).Select(i => (long)i)]);
        await using var second = new ChatServerFactory(Database.ConnectionString, TestSettings.Unthrottled(Settings));
        _ = second.Address;
        await Task.WhenAll(RunJobAsync(), second.Services.GetRequiredService<MessageExpiry>().ExpireAsync(CancellationToken.None));
        Assert.That((await _ann.GetChatAsync(_chat)).LastChangeId, Is.EqualTo(before + Count));
        Assert.That(await WaitingAsync(), Is.Zero);
        Assert.That((await SyncAsync(_bob, Count + 1, before)).Changes.Select(m => m.ChangeId), Is.EqualTo(Enumerable.Range(1, 100).Select(i => before + i)));
    }

    [Test]
    public async Task In_a_group_it_needs_the_right_and_under_a_block_neither_may()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(group, Day)), Does.StartWith("forbidden: "));
        Assert.That((await _ann.CallAsync<SetDisappearingResult>(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(group, Day))).MessageId, Is.Not.Null);

        await _ann.SendAsync(_chat, "before");
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        foreach (var client in new[] { _ann, _bob })
            Assert.That(await client.RefusalAsync(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(_chat, Day)), Does.StartWith("forbidden: "));
        Assert.That((await _bob.GetChatAsync(_chat)).LastMessageId, Is.EqualTo(1));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(_chat, 60)), Does.StartWith("invalid: seconds: "));
    }

    [Test]
    public async Task Messages_that_stay_and_messages_that_go_share_a_batch()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await SetAsync(_ann, Day);
        var sent = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => _ann.SendAsync(i % 2 == 0 ? _chat : group, $"{i}")));
        var going = sent.Where((_, i) => i % 2 == 0).Select(s => s.SentAt.AddSeconds(Day)).ToList();
        Assert.That((await _bob.CatchUpAsync(_chat)).Where(m => m.System is null).Select(m => m.ExpiresAt), Is.EqualTo(going));
        Assert.That((await _bob.CatchUpAsync(group)).Select(m => m.ExpiresAt), Is.All.Null);
        Assert.That(await WaitingAsync(), Is.EqualTo(30));
    }

    /// <summary>As if the time had passed.</summary>
    private async Task ExpireNowAsync(params IReadOnlyList<long> messageIds)
    {
        var past = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-5);
        past = past.AddTicks(-(past.Ticks % TimeSpan.TicksPerMicrosecond));
        foreach (var table in new[] { "messages", "expiring_messages" })
            await Database.ExecuteAsync(
                $"UPDATE {table} SET expires_at = @past WHERE chat_id = @chat AND message_id IN @ids", new { past, chat = _chat, ids = messageIds });
    }

    private Task RunJobAsync() => Server.Services.GetRequiredService<MessageExpiry>().ExpireAsync(CancellationToken.None);

    private Task<long> WaitingAsync() =>
        Database.ScalarAsync<long>("SELECT COUNT(*) FROM expiring_messages WHERE chat_id = @chat", new { chat = _chat });

    private Task<SetDisappearingResult> SetAsync(TestClient client, int? seconds) =>
        client.CallAsync<SetDisappearingResult>(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(_chat, seconds));

    private Task<SyncChatResult> SyncAsync(TestClient client, long messageId, long? changeId) =>
        client.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, messageId, null, changeId, 0));
}

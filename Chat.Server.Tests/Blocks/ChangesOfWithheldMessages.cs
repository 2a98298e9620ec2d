using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Chat.Data;
using Chat.Data.Administration;
using Chat.Data.Messages;
using Chat.Server.Features.Disappearing;
using Chat.Server.Hubs;
using Chat.Server.Tests.Media;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Blocks;

/// <summary>
/// What becomes of a message that was withheld is between its sender and the server: whoever blocked the sender gets no event, no number, and
/// the same answers as before, while the sender's own devices have it all.
/// </summary>
[TestFixture]
public sealed class ChangesOfWithheldMessages : MediaFixture
{
    private const int Day = 86_400;

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;
    private long _text;
    private long _file;
    private long _mediaId;
    private long _poll;

    protected override Dictionary<string, string> Settings => new(base.Settings)
    {
        ["Disappearing:CheckInterval"] = "1.00:00:00", ["Search:Interval"] = "00:00:00.05",
        ["Exports:Folder"] = Path.Combine(Folder.Path, "exports"), ["Exports:PollInterval"] = "00:00:00.1",
    };

    /// <summary>Bob blocks Ann, who then sends a text, a file and a poll.</summary>
    [SetUp]
    public async Task Withhold()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.CallAsync<SetDisappearingResult>(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(_chat, Day));
        await _ann.SendAsync(_chat, "before");
        await EditAsync(2, "edited before");
        await _bob.MarkReadAsync(_chat, 2);
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        _mediaId = (await UploadAsync(_ann, Samples.Png(seed: 7))).MediaId;
        _text = await SendWithheldAsync(new SendMessageRequest(_chat, Guid.NewGuid(), "a secret"));
        _file = await SendWithheldAsync(new SendMessageRequest(_chat, Guid.NewGuid(), MediaId: _mediaId));
        _poll = await SendWithheldAsync(new SendMessageRequest(_chat, Guid.NewGuid(), Poll: new PollDraft("Secretly?", ["yes", "no"])));
    }

    [TestCase("edit")]
    [TestCase("caption")]
    [TestCase("delete")]
    [TestCase("delete by an admin")]
    [TestCase("expire")]
    [TestCase("react")]
    [TestCase("vote")]
    [TestCase("close the poll")]
    [TestCase("pin")]
    public async Task Who_blocked_the_sender_is_told_nothing(string what)
    {
        await using var wire = await RawHubSocket.ConnectAsync(Server.Address, _bob.Account.AccessToken);
        await wire.CallAsync("GetSettings", "[{}]");
        // Reactions, votes and pins ask that nobody blocks the other any more.
        await UnblockAsync();
        await Deadline.UntilAsync(async () => (await SearchAsync(_bob, "edited")).Count > 0, "what Bob may find is in the index");
        var before = await EverythingThatBobReadsAsync();
        var heard = wire.Records.Count;

        await ChangeAsync(what);

        Assert.That(await EverythingThatBobReadsAsync(), Is.EqualTo(before));
        // What goes the same way afterwards comes after all that, and with the next number.
        var marker = await _ann.SendAsync(_chat, "marker");
        await EditAsync(marker.MessageId, "an edited marker");
        await Deadline.UntilAsync(() => wire.Records.Any(r => r.Contains("an edited marker", StringComparison.Ordinal)), "Bob hears the marker");
        var events = wire.Records.Skip(heard).Where(r => !r.StartsWith("""{"type":6""", StringComparison.Ordinal)).ToList();
        Assert.That(events, Has.Count.EqualTo(2).And.All.Contains("marker"), string.Join('\n', events));
        var change = JsonDocument.Parse(events[1]).RootElement.GetProperty("arguments")[0];
        Assert.That(change.GetProperty("changeId").GetInt64(), Is.EqualTo(2));
        Assert.That(change.TryGetProperty("hideId", out _), Is.False);
    }

    [Test]
    public async Task A_deletion_of_both_kinds_tells_of_what_can_be_seen()
    {
        await UnblockAsync();
        var deleted = await DeleteAsync(2, _text, _file);
        Assert.That((deleted.ChangeId, deleted.HideId), Is.EqualTo(((long?)2, (long?)2)));
        var head = await _bob.GetChatAsync(_chat);
        Assert.That((head.LastChangeId, head.LastHideId), Is.EqualTo((2, 0)));
        await _bob.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Deleted);
        Assert.That(_bob.Changes.All.Skip(1).Select(c => (c.ChangeId, c.Message!.MessageId)), Is.EqualTo(new[] { (2L, 2L) }));
    }

    [Test]
    public async Task All_devices_of_the_sender_hear_of_it_by_numbers_of_their_own()
    {
        await using var phone = await _ann.AnotherDeviceAsync();
        Assert.That((await _ann.CatchUpAsync(_chat)).Select(m => m.Text), Does.Contain("a secret"));
        var edit = await EditAsync(_text, "another secret");
        Assert.That((edit.ChangeId, edit.HideId), Is.EqualTo(((long?)null, (long?)1)));
        Assert.That((await EditAsync(_text, "another secret")).HideId, Is.Null, "it reads so already");
        await EditAsync(_text, "a third secret");
        foreach (var device in new[] { _ann, phone })
        {
            var heard = await device.Changes.WaitForAsync(c => c.HideId == 2);
            Assert.That((heard.ChangeId, heard.Kind, heard.ActorId), Is.EqualTo((0, MessageChangeKinds.Edited, (long?)_ann.UserId)));
            Assert.That((heard.Message!.Text, heard.Message.Withheld, heard.Message.ChangeId), Is.EqualTo(("a third secret", true, (long?)2)));
        }
        Assert.That((await _ann.CatchUpAsync(_chat)).Select(m => m.Text), Does.Contain("a third secret"), "whatever is kept of the chat in memory");
        var versions = await _ann.CallAsync<MessageVersions>(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, _text));
        Assert.That(versions.Versions.Select(v => v.Text), Is.EqualTo(new[] { "a secret", "another secret" }));
    }

    [Test]
    public async Task A_device_of_the_sender_that_was_away_catches_up_with_it()
    {
        await EditAsync(_text, "another secret");
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [2]));
        await DeleteAsync(_file);
        var head = await _ann.GetChatAsync(_chat);
        Assert.That((head.LastChangeId, head.LastHideId), Is.EqualTo((1, 3)));

        var seen = new List<(long, string?, bool)>();
        var hidden = new List<long>();
        SyncChatResult page;
        var afterHideId = 0L;
        do
        {
            page = await _ann.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, _poll, 1, 1, afterHideId));
            Assert.That(page.UpToHideId, Is.EqualTo(afterHideId + 1), "as many as were asked for at once");
            seen.AddRange(page.Changes.Select(m => (m.MessageId, m.Text, m.DeletedAt is not null)));
            hidden.AddRange(page.HiddenIds);
            afterHideId = page.UpToHideId;
        }
        while (page.HasMore);
        Assert.That(seen, Is.EqualTo(new[] { (_text, "another secret", false), (_file, (string?)null, true) }));
        Assert.That(hidden, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task The_sender_finds_it_by_what_it_says_now()
    {
        await Deadline.UntilAsync(async () => (await SearchAsync(_ann, "secret")).Count > 0, "it is in the index");
        await EditAsync(_text, "a mystery");
        Assert.That((await SearchAsync(_ann, "mystery")).Single().MessageId, Is.EqualTo(_text));
        Assert.That(await SearchAsync(_ann, "secret"), Is.Empty);
        Assert.That(await SearchAsync(_bob, "mystery"), Is.Empty);
        await DeleteAsync(_text);
        Assert.That(await SearchAsync(_ann, "mystery"), Is.Empty);
        var terms = await Database.ScalarAsync<long>("SELECT COUNT(*) FROM search_terms WHERE chat_id = @_chat AND message_id = @_text", new { _chat, _text });
        Assert.That(terms, Is.Zero);
    }

    private async Task ChangeAsync(string what)
    {
        switch (what)
        {
            case "edit":
                await EditAsync(_text, "another secret", _bob.UserId);
                break;
            case "caption":
                await EditAsync(_file, "a secret caption");
                break;
            case "delete":
                await DeleteAsync(_text, _file);
                break;
            case "delete by an admin":
                var action = new AdminAction(_ann.UserId, "message_deleted", TimeProvider.System.GetUtcNow().UtcDateTime) { ChatId = _chat, MessageId = _text };
                await Server.Services.GetRequiredService<IMessageEditor>().DeleteByAdminAsync(_chat, _text, action);
                break;
            case "expire":
                await ExpireAsync();
                break;
            case "react":
                await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.SetReaction), new SetReactionRequest(_chat, _text, "👍"));
                break;
            case "vote":
                await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.VotePoll), new VotePollRequest(_chat, _poll, [0]));
                break;
            case "close the poll":
                await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.ClosePoll), new ClosePollRequest(_chat, _poll));
                break;
            case "pin":
                Assert.That(await _ann.RefusalAsync(nameof(ChatHub.PinMessage), new PinMessageRequest(_chat, _text)), Does.StartWith("invalid: "));
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(what));
        }
        var head = await _ann.GetChatAsync(_chat);
        Assert.That(head.LastHideId + head.LastChangeId, Is.GreaterThan(1), "it took place");
    }

    /// <summary>As if the time had passed.</summary>
    private async Task ExpireAsync()
    {
        var past = StoredTimes.ToStored(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-5));
        foreach (var table in new[] { "messages", "expiring_messages" })
            await Database.ExecuteAsync($"UPDATE {table} SET expires_at = @past WHERE chat_id = @_chat AND message_id = @_text", new { past, _chat, _text });
        await Server.Services.GetRequiredService<MessageExpiry>().ExpireAsync(CancellationToken.None);
    }

    /// <summary>Whatever Bob can ask for that has to do with the chat, as text.</summary>
    private async Task<string> EverythingThatBobReadsAsync()
    {
        var answers = new List<object>
        {
            await _bob.GetChatAsync(_chat),
            await _bob.ListChatsAsync(),
            await _bob.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, 0, null, 0, 0)),
            await _bob.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, _poll, null, 0, 0)),
            await _bob.ListMessagesAsync(new ListMessagesRequest(_chat, AroundMessageId: _text)),
            await _bob.CallAsync<PinnedPage>(nameof(ChatHub.ListPinned), new ListPinnedRequest(_chat)),
            await _bob.CallAsync<NotificationPage>(nameof(ChatHub.ListNotifications), new ListNotificationsRequest()),
            await SearchAsync(_bob, "secret"),
            await SearchAsync(_bob, "edited"),
            await _bob.RefusalAsync(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, _text)),
            await _bob.RefusalAsync(nameof(ChatHub.ListReactions), new ListReactionsRequest(_chat, _text)),
            await _bob.RefusalAsync(nameof(ChatHub.ListVotes), new ListVotesRequest(_chat, _poll)),
            await _bob.RefusalAsync(nameof(ChatHub.GetMessageInfo), new GetMessageInfoRequest(_chat, _text)),
            await ExportAsync(),
        };
        using var media = await GetAsync(_bob, $"/api/media/{_mediaId}");
        Assert.That(media.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        using var urls = await GetAsync(_bob, $"/api/media/urls?ids={_mediaId}");
        answers.Add(await urls.Content.ReadAsStringAsync());
        return string.Join('\n', answers.Select(answer => JsonSerializer.Serialize(answer)));
    }

    /// <summary>What Bob's data say of his chats.</summary>
    private async Task<string> ExportAsync()
    {
        // One a day is not enough for this.
        await Database.ExecuteAsync("DELETE FROM account_exports WHERE user_id = @Bob", new { Bob = _bob.UserId });
        using var begun = await CallHttpAsync(HttpMethod.Post, "/api/me/exports");
        var exportId = JsonDocument.Parse(await begun.Content.ReadAsStringAsync()).RootElement.GetProperty("exportId").GetInt64();
        await Deadline.UntilAsync(async () =>
        {
            using var asked = await CallHttpAsync(HttpMethod.Get, $"/api/me/exports/{exportId}");
            return (await asked.Content.ReadAsStringAsync()).Contains("\"done\"", StringComparison.Ordinal);
        }, "the export is done");
        using var file = await CallHttpAsync(HttpMethod.Get, $"/api/me/exports/{exportId}/file");
        using var zip = new ZipArchive(await file.Content.ReadAsStreamAsync(), ZipArchiveMode.Read);
        var texts = new List<string>();
        foreach (var entry in zip.Entries.Where(e => e.FullName is "chats.json" or "media.json" || e.FullName.StartsWith("chats/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open());
            texts.Add($"{entry.FullName}: {await reader.ReadToEndAsync()}");
        }
        return string.Join('\n', texts);
    }

    private async Task<HttpResponseMessage> CallHttpAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _bob.Account.AccessToken);
        return await Http.SendAsync(request);
    }

    private async Task<long> SendWithheldAsync(SendMessageRequest request)
    {
        var sent = await _ann.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);
        Assert.That(sent.Withheld, Is.True);
        return sent.MessageId;
    }

    private Task<MessageChangeResult> EditAsync(long messageId, string text, params IReadOnlyList<long> mentions) =>
        _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, messageId, text, mentions is [] ? null : mentions));

    private Task<DeleteMessagesResult> DeleteAsync(params IReadOnlyList<long> messageIds) =>
        _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, messageIds, ForEveryone: true));

    private async Task<IReadOnlyList<MessageView>> SearchAsync(TestClient client, string query) =>
        [.. (await client.CallAsync<ChatSearchPage>(nameof(ChatHub.SearchChat), new SearchChatRequest(_chat, query))).Hits.Select(hit => hit.Message)];

    private Task<BlockResult> UnblockAsync() => _bob.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(_ann.UserId));
}

using System.Net;
using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Media;

/// <summary>Messages that hold files: whoever sees one has the file, and nobody else; with the last such message the file goes.</summary>
[TestFixture]
public sealed class SendingFiles : MediaFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _chat;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _chat = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(_chat);
    }

    [Test]
    public async Task A_picture_arrives_with_its_caption_and_is_for_who_sees_it()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 100), "type=image&width=640&height=480&fileName=caf%C3%A9.png");
        Assert.That((int)(await PutThumbnailAsync(_ann, media.MediaId, Samples.Png(100, seed: 101))).StatusCode, Is.EqualTo(204));
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "before it is sent");

        var sent = await SendAsync(_ann, Request(media.MediaId) with { Text = "look" });
        var pushed = await _bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        var expected = new MessageMediaView(media.MediaId, "image/png", 1000, HasThumbnail: true, "café.png", 640, 480);
        Assert.That((pushed.Type, pushed.Text, pushed.Media), Is.EqualTo(("image", "look", expected)));
        var read = (await _bob.CatchUpAsync(_chat)).Single(m => m.MessageId == sent.MessageId);
        Assert.That((read.Type, read.Text, read.Media), Is.EqualTo(("image", "look", expected)));
        Assert.That((await _bob.GetChatAsync(_chat)).LastMessage!.Media, Is.EqualTo(expected));
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("video"), TestCase("document"), TestCase("audio"), TestCase("voice")]
    public async Task Every_type_of_file(string type)
    {
        var media = await UploadAsync(_ann, Samples.Mp4(), type == "document" ? "type=document" : $"type={type}&durationMs=1500");
        var sent = await SendAsync(_ann, Request(media.MediaId) with { Type = type });
        var pushed = await _bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        Assert.That((pushed.Type, pushed.Text, pushed.Media!.DurationMs), Is.EqualTo((type, (string?)null, type == "document" ? (int?)null : 1500)));
    }

    [Test]
    public async Task Only_what_the_sender_may_see_and_only_as_what_it_is()
    {
        var foreign = await UploadAsync(_carol, Samples.Png(seed: 102));
        var nothing = await RefusalAsync(_ann, Request(987_654));
        Assert.That(await RefusalAsync(_ann, Request(foreign.MediaId)), Is.EqualTo(nothing).And.StartsWith("not_found: "));

        var media = await UploadAsync(_ann, Samples.Png(seed: 103));
        Assert.That(await RefusalAsync(_ann, Request(media.MediaId) with { Type = "video" }), Does.StartWith("invalid: type: "));
        Assert.That(await RefusalAsync(_ann, Request(media.MediaId) with { Type = "text", Text = "x" }), Does.StartWith("invalid: mediaId: "));
        Assert.That(await RefusalAsync(_ann, new SendMessageRequest(_chat, Guid.NewGuid(), Type: "image")), Does.StartWith("invalid: mediaId: "));
        Assert.That(await RefusalAsync(_ann, Request(media.MediaId) with { Text = " " }), Does.StartWith("invalid: text: "));
        Assert.That(
            await RefusalAsync(_ann, Request(media.MediaId) with { Location = new LocationView(1, 1) }), Does.StartWith("invalid: location: "));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetDefaultPermissions), new SetDefaultPermissionsRequest(_chat, ["send_text"]));
        var bobs = await UploadAsync(_bob, Samples.Png(seed: 104));
        Assert.That(await RefusalAsync(_bob, Request(bobs.MediaId)), Does.StartWith("forbidden: "));
    }

    [Test]
    public async Task A_file_goes_with_the_last_message_that_holds_it()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 105));
        var first = await SendAsync(_ann, Request(media.MediaId));
        var other = (await _bob.OpenDirectChatAsync(_carol)).ChatId;
        var second = await SendAsync(_bob, Request(media.MediaId) with { ChatId = other });
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.OK));

        await DeleteAsync(_ann, _chat, first.MessageId);
        await CollectAsync(media.MediaId);
        Assert.That((await _bob.CatchUpAsync(_chat)).Single(m => m.MessageId == first.MessageId).Media, Is.Null);
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
        await DeleteAsync(_bob, other, second.MessageId);
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
        await CollectAsync(media.MediaId);
        Assert.That(await StatusAsync(_ann, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "its uploader, too");
    }

    [Test]
    public async Task It_is_kept_while_a_message_that_is_to_hold_it_is_on_its_way()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 106));
        await Database.ExecuteAsync("UPDATE media SET check_after = '2020-01-01' WHERE media_id = @MediaId", new { media.MediaId });
        await SendAsync(_ann, Request(media.MediaId));
        await CollectAsync(mediaId: null);
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Not_for_who_hid_it_was_removed_joined_later_or_was_not_to_get_it()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 107));
        var sent = await SendAsync(_ann, Request(media.MediaId));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(_chat, [_carol.UserId]));
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "joined later");
        Assert.That(await RefusalAsync(_carol, Request(media.MediaId)), Does.StartWith("not_found: "));
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [sent.MessageId]));
        Assert.That(await StatusAsync(_bob, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "hid it");

        var second = await UploadAsync(_ann, Samples.Png(seed: 108));
        await SendAsync(_ann, Request(second.MediaId));
        Assert.That(await StatusAsync(_bob, second.MediaId), Is.EqualTo(HttpStatusCode.OK));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(_chat, _bob.UserId));
        Assert.That(await StatusAsync(_bob, second.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "was removed");

        var direct = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        var withheld = await UploadAsync(_ann, Samples.Png(seed: 109));
        Assert.That((await SendAsync(_ann, Request(withheld.MediaId) with { ChatId = direct })).Withheld, Is.True);
        Assert.That(await StatusAsync(_bob, withheld.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "was not to get it");
        Assert.That((await _ann.CatchUpAsync(direct)).Single().Media!.MediaId, Is.EqualTo(withheld.MediaId));
    }

    [Test]
    public async Task A_caption_can_be_edited_and_the_file_stays()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 110));
        var sent = await SendAsync(_ann, Request(media.MediaId));
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "first"));
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "second"));
        var changed = (await _bob.Changes.WaitForAsync(c => c.Message?.Text == "second")).Message!;
        Assert.That((changed.Type, changed.Media!.MediaId), Is.EqualTo(("image", media.MediaId)));
        var read = (await _bob.CatchUpAsync(_chat)).Single(m => m.MessageId == sent.MessageId);
        Assert.That((read.Text, read.Media!.MediaId), Is.EqualTo(("second", media.MediaId)));
        var versions = await _bob.CallAsync<MessageVersions>(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, sent.MessageId));
        Assert.That(versions.Versions.Select(v => v.Text), Is.EqualTo(new[] { "", "first" }));
    }

    [Test]
    public async Task A_caption_can_be_taken_away_with_whom_it_names_and_the_file_stays()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 112));
        var sent = await SendAsync(_ann, Request(media.MediaId) with { Text = "for @bob", Mentions = [_bob.UserId] });
        var edit = await EditAsync(sent.MessageId, "");
        var changed = (await _bob.Changes.WaitForAsync(c => c.ChangeId == edit.ChangeId && c.ChatId == _chat)).Message!;
        Assert.That((changed.Text, changed.Mentions, changed.Media!.MediaId), Is.EqualTo(((string?)null, (IReadOnlyList<long>?)null, media.MediaId)));
        var synced = (await _bob.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_chat, sent.MessageId, AfterChangeId: edit.ChangeId!.Value - 1))).Changes.Single();
        Assert.That((synced.MessageId, synced.Text, synced.Media!.MediaId), Is.EqualTo((sent.MessageId, (string?)null, media.MediaId)));
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM message_mentions WHERE chat_id = @_chat AND message_id = @MessageId", new { _chat, sent.MessageId }), Is.Zero);
        var versions = await _bob.CallAsync<MessageVersions>(nameof(ChatHub.ListEdits), new ListEditsRequest(_chat, sent.MessageId));
        Assert.That(versions.Versions.Select(v => v.Text), Is.EqualTo(new[] { "for @bob" }));

        Assert.That((await EditAsync(sent.MessageId, "")).ChangeId, Is.Null, "there is none already");
        await EditAsync(sent.MessageId, "another");
        Assert.That((await _bob.CatchUpAsync(_chat)).Single(m => m.MessageId == sent.MessageId).Text, Is.EqualTo("another"));
    }

    [Test]
    public async Task A_text_cannot_be_edited_away()
    {
        var sent = await _ann.SendAsync(_chat, "a text");
        var before = await Database.PictureAsync();
        Assert.That(
            await _ann.RefusalAsync(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, sent.MessageId, "")), Does.StartWith("invalid: text: "));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    private Task<MessageChangeResult> EditAsync(long messageId, string text) =>
        _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_chat, messageId, text));

    [Test]
    public async Task A_repeat_is_told_the_first_result_also_when_the_file_is_gone_by_then()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 111));
        var request = Request(media.MediaId);
        var first = await SendAsync(_ann, request);
        Assert.That(await SendAsync(_ann, request), Is.EqualTo(first with { Duplicate = true }));
        await DeleteAsync(_ann, _chat, first.MessageId);
        await CollectAsync(media.MediaId);
        Assert.That(await SendAsync(_ann, request), Is.EqualTo(first with { Duplicate = true }));
        Assert.That(await RefusalAsync(_ann, Request(media.MediaId)), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task A_reply_to_a_picture_shows_its_type_and_caption()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 112));
        var sent = await SendAsync(_ann, Request(media.MediaId) with { Text = "look" });
        await SendAsync(_bob, new SendMessageRequest(_chat, Guid.NewGuid(), "nice", ReplyTo: sent.MessageId));
        var pushed = await _ann.Messages.WaitForAsync(m => m.Text == "nice");
        Assert.That(pushed.ReplyTo, Is.EqualTo(new ReplyView(sent.MessageId, _ann.UserId, "image", "look")));
    }

    [Test]
    public async Task A_forwarded_file_stays_while_the_copy_is_there()
    {
        var media = await UploadAsync(_ann, Samples.Png(seed: 113));
        var sent = await SendAsync(_ann, Request(media.MediaId) with { Text = "look" });
        var other = (await _bob.OpenDirectChatAsync(_carol)).ChatId;
        var forwarded = await _bob.CallAsync<ForwardMessagesResult>(
            nameof(ChatHub.ForwardMessages), new ForwardMessagesRequest(Guid.NewGuid(), _chat, [sent.MessageId], [other]));
        await DeleteAsync(_ann, _chat, sent.MessageId);
        await CollectAsync(media.MediaId);
        var read = (await _carol.CatchUpAsync(other)).Single();
        Assert.That((read.Text, read.Media!.MediaId, read.Forwarded), Is.EqualTo(("look", media.MediaId, new ForwardedView("group", _ann.UserId))));
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.OK));
        await DeleteAsync(_bob, other, forwarded.Chats[0].Messages[0].MessageId);
        await CollectAsync(media.MediaId);
        Assert.That(await StatusAsync(_carol, media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
    }

    private SendMessageRequest Request(long mediaId) => new(_chat, Guid.NewGuid(), MediaId: mediaId);

    private static Task<SendMessageResult> SendAsync(TestClient client, SendMessageRequest request) =>
        client.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);

    private static Task<string> RefusalAsync(TestClient client, SendMessageRequest request) =>
        client.RefusalAsync(nameof(ChatHub.SendMessage), request);

    private static Task DeleteAsync(TestClient client, long chatId, long messageId) => client.CallAsync<DeleteMessagesResult>(
        nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chatId, [messageId], ForEveryone: true));

    private async Task<HttpStatusCode> StatusAsync(TestClient client, long mediaId)
    {
        using var response = await GetAsync(client, $"/api/media/{mediaId}");
        return response.StatusCode;
    }

    /// <summary>Lets the collector look at everything that is due; at one file that is not due, too.</summary>
    private async Task CollectAsync(long? mediaId)
    {
        await Database.ExecuteAsync("UPDATE media SET check_after = '2020-01-01' WHERE media_id = @mediaId", new { mediaId });
        await Server.Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None);
    }
}

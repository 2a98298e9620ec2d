using System.Net;
using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Media;

/// <summary>What a public channel posts is for anybody, its files too; those of private channels and groups are for who is in them.</summary>
[TestFixture]
public sealed class FilesOfPublicChannels : MediaFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;

    [SetUp]
    public async Task Meet() => (_ann, _bob) = await AnnAndBobAsync();

    [Test]
    public async Task Whoever_previews_a_public_channel_has_the_files_of_its_posts()
    {
        var channel = await CreateAsync(NewName());
        var media = await UploadAsync(_ann, Samples.Png(seed: 400));
        Assert.That((int)(await PutThumbnailAsync(_ann, media.MediaId, Samples.Png(100, seed: 401))).StatusCode, Is.EqualTo(204));
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "before it is posted");

        var post = await PostAsync(channel, media.MediaId);
        var preview = await _bob.CallAsync<MessagePage>(nameof(ChatHub.PreviewChannel), new PreviewChannelRequest(channel));
        Assert.That(preview.Messages.Select(m => m.Media?.MediaId), Has.Some.EqualTo(media.MediaId));
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.OK));
        var url = await UrlAsync(_bob, media.MediaId);
        Assert.That(await StatusAsync($"/api/media/{media.MediaId}/thumbnail", _bob), Is.EqualTo(HttpStatusCode.OK));
        foreach (var path in new[] { url.Url, url.ThumbnailUrl! }) Assert.That(await StatusAsync(path, caller: null), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync($"/api/media/{media.MediaId}", caller: null), Is.EqualTo(HttpStatusCode.Unauthorized), "anybody who is logged in");

        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(channel, [post], ForEveryone: true));
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.NotFound), "with the post");
        Assert.That(await StatusAsync(url.Url, caller: null), Is.EqualTo(HttpStatusCode.NotFound), "an address of before, too");
    }

    [Test]
    public async Task Until_the_channel_becomes_private()
    {
        var channel = await CreateAsync(NewName());
        var media = await UploadAsync(_ann, Samples.Png(seed: 402));
        await PostAsync(channel, media.MediaId);
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.OK));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.UpdateChannel), new UpdateChannelRequest(channel, Username: ""));
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.UpdateChannel), new UpdateChannelRequest(channel, Username: NewName()));
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_post_whose_time_is_over_shows_nobody_its_file()
    {
        var channel = await CreateAsync(NewName());
        var media = await UploadAsync(_ann, Samples.Png(seed: 403));
        var messageId = await PostAsync(channel, media.MediaId);
        await Database.ExecuteAsync(
            "UPDATE messages SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE chat_id = @channel AND message_id = @messageId", new { channel, messageId });
        Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Never_those_of_a_private_channel_a_group_or_a_direct_chat()
    {
        await using var carol = await RegisterAsync("Carol");
        var chats = new[]
        {
            await CreateAsync(username: null),
            (await _ann.CreateGroupAsync("Group", carol)).ChatId,
            (await _ann.OpenDirectChatAsync(carol)).ChatId,
            (await _ann.CallAsync<ChatView>(nameof(ChatHub.OpenSavedMessages), new OpenSavedMessagesRequest())).ChatId,
        };
        for (var i = 0; i < chats.Length; i++)
        {
            var media = await UploadAsync(_ann, Samples.Png(seed: 410 + i));
            await PostAsync(chats[i], media.MediaId);
            Assert.That(await StatusAsync(media.MediaId), Is.EqualTo(HttpStatusCode.NotFound));
            using var urls = await GetAsync(_bob, $"/api/media/urls?ids={media.MediaId}");
            Assert.That(await urls.Content.ReadAsStringAsync(), Is.EqualTo("""{"urls":[]}"""));
            var own = new SendMessageRequest((await _bob.OpenDirectChatAsync(carol)).ChatId, Guid.NewGuid(), MediaId: media.MediaId);
            Assert.That(await _bob.RefusalAsync(nameof(ChatHub.SendMessage), own), Does.StartWith("not_found: "));
        }
    }

    private static string NewName() => $"n{Guid.NewGuid():N}"[..20];

    private async Task<long> CreateAsync(string? username) =>
        (await _ann.CallAsync<ChatView>(nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "News", Username: username))).ChatId;

    private async Task<long> PostAsync(long chatId, long mediaId) =>
        (await _ann.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(chatId, Guid.NewGuid(), MediaId: mediaId))).MessageId;

    /// <summary>What Bob, who is in none of these chats, gets.</summary>
    private Task<HttpStatusCode> StatusAsync(long mediaId) => StatusAsync($"/api/media/{mediaId}", _bob);

    private async Task<HttpStatusCode> StatusAsync(string path, TestClient? caller)
    {
        using var response = await GetAsync(caller, path);
        return response.StatusCode;
    }
}

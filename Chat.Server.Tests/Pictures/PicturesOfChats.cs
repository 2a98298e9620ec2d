using System.Net;
using System.Net.Http.Json;
using Chat.Server.Features.Media;
using Chat.Server.Hubs;
using Chat.Server.Tests.Media;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Pictures;

/// <summary>Pictures of groups and channels: who gives them one, where it shows, who may download it, how long its file stays.</summary>
[TestFixture]
public sealed class PicturesOfChats : MediaFixture
{
    private static int _seeds = 1_000;

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _stranger = null!;

    [SetUp]
    public async Task Connect() => (_ann, _bob, _stranger) = (await RegisterAsync("Ann"), await RegisterAsync("Bob"), await RegisterAsync("Stranger"));

    [TearDown]
    public async Task Disconnect()
    {
        foreach (var client in new[] { _ann, _bob, _stranger }) await client.DisposeAsync();
    }

    [Test]
    public async Task Its_members_are_told_of_a_new_picture_and_see_it()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var picture = await UploadAsync(_ann, NewPng());
        var result = await SetAsync(_ann, group, picture.MediaId);
        Assert.That((result.ChatId, result.MessageId), Is.EqualTo((group, (long?)2)));

        Assert.That((await _bob.ChatsUpdated.WaitForAsync(c => c.PictureMediaId is not null)).PictureMediaId, Is.EqualTo(picture.MediaId));
        var recorded = await _bob.Messages.WaitForAsync(m => m.ChatId == group && m.MessageId == 2);
        Assert.That((recorded.SenderId, recorded.System!.Kind), Is.EqualTo((_ann.UserId, SystemMessageKinds.PictureChanged)));
        Assert.That((await _bob.GetChatAsync(group)).PictureMediaId, Is.EqualTo(picture.MediaId));
        Assert.That((await _bob.ListChatsAsync()).Chats.Single(c => c.ChatId == group).PictureMediaId, Is.EqualTo(picture.MediaId));
        var hits = await _bob.CallAsync<ChatSearchResult>(nameof(ChatHub.SearchChats), new SearchChatsRequest("Group"));
        Assert.That(hits.Chats.Single(c => c.ChatId == group).PictureMediaId, Is.EqualTo(picture.MediaId));
        Assert.That((await StatusAsync(_bob, picture), await StatusAsync(_stranger, picture)), Is.EqualTo((200, 404)));

        Assert.That((await SetAsync(_ann, group, picture.MediaId)).MessageId, Is.Null, "a repeat changes nothing");
        Assert.That((await SetAsync(_ann, group, null)).MessageId, Is.EqualTo(3));
        Assert.That((await _bob.GetChatAsync(group)).PictureMediaId, Is.Null);
        Assert.That(await StatusAsync(_bob, picture), Is.EqualTo(404), "what is no picture any more is its uploader's alone");
    }

    [Test]
    public async Task Who_comes_later_sees_it_and_who_leaves_does_not()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var picture = await UploadAsync(_ann, NewPng());
        await SetAsync(_ann, group, picture.MediaId);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [_stranger.UserId]));
        Assert.That(await StatusAsync(_stranger, picture), Is.EqualTo(200));
        var link = (await UrlAsync(_stranger, picture.MediaId)).Url;
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(group, _stranger.UserId));
        using var byLink = await GetAsync(null, link);
        Assert.That((await StatusAsync(_stranger, picture), byLink.StatusCode), Is.EqualTo((404, HttpStatusCode.NotFound)));
    }

    [Test]
    public async Task Only_who_may_change_info_gives_a_picture_and_only_an_image_that_they_see()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var direct = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        var (bobs, strangers) = (await UploadAsync(_bob, NewPng()), await UploadAsync(_stranger, NewPng()));
        var video = await UploadAsync(_ann, Samples.Mp4(), "type=video");
        var document = await UploadAsync(_ann, NewPng(), "type=document&fileName=a.png");
        var before = await Database.PictureAsync();

        Assert.That(await RefusalAsync(_bob, group, bobs.MediaId), Does.StartWith("forbidden: "));
        Assert.That(await RefusalAsync(_bob, group, null), Does.StartWith("forbidden: "));
        Assert.That(await RefusalAsync(_stranger, group, strangers.MediaId), Is.EqualTo(await RefusalAsync(_stranger, 987_654_321, strangers.MediaId)).And.StartsWith("not_found: this chat"));
        Assert.That(await RefusalAsync(_ann, direct, bobs.MediaId), Does.StartWith("not_found: this chat"));
        Assert.That(await RefusalAsync(_ann, group, strangers.MediaId), Is.EqualTo(await RefusalAsync(_ann, group, 987_654_321)).And.StartsWith("not_found: this file"));
        Assert.That(await RefusalAsync(_ann, group, 0), Does.StartWith("invalid: mediaId: "));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before), "nothing was written");
        Assert.That(await RefusalAsync(_ann, group, video.MediaId), Does.StartWith("invalid: mediaId: ").And.Contain("video"));
        Assert.That(await RefusalAsync(_ann, group, document.MediaId), Does.StartWith("invalid: mediaId: ").And.Contain("document"));
        Assert.That((await _ann.GetChatAsync(group)).PictureMediaId, Is.Null);

        await HoldAsync(_bob, direct, bobs.MediaId);
        await SetAsync(_ann, group, bobs.MediaId);
        Assert.That((await _ann.GetChatAsync(group)).PictureMediaId, Is.EqualTo(bobs.MediaId), "an image that one was sent");
    }

    [Test]
    public async Task A_public_channel_shows_it_to_anybody()
    {
        var name = $"pictured_{Guid.NewGuid():N}"[..20];
        var channel = (await _ann.CallAsync<ChatView>(nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "News", Username: name))).ChatId;
        var picture = await UploadAsync(_ann, NewPng());
        await SetAsync(_ann, channel, picture.MediaId);
        var found = await _stranger.CallAsync<PublicChannelView>(nameof(ChatHub.GetPublicChannel), new GetPublicChannelRequest(name));
        Assert.That((found.PictureMediaId, await StatusAsync(_stranger, picture)), Is.EqualTo(((long?)picture.MediaId, 200)));
        var recorded = (await _ann.CatchUpAsync(channel))[^1];
        Assert.That((recorded.System!.Kind, recorded.SenderId), Is.EqualTo((SystemMessageKinds.PictureChanged, 0L)), "and nobody is told who did it");

        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.UpdateChannel), new UpdateChannelRequest(channel, Username: ""));
        Assert.That(await StatusAsync(_stranger, picture), Is.EqualTo(404), "a private one does not");
    }

    [Test]
    public async Task An_invite_shows_it_as_long_as_it_works()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var picture = await UploadAsync(_ann, NewPng());
        await SetAsync(_ann, group, picture.MediaId);
        var invite = await _ann.CallAsync<CreateInviteResult>(nameof(ChatHub.CreateInvite), new CreateInviteRequest(group));
        var preview = await _stranger.CallAsync<InvitePreview>(nameof(ChatHub.PreviewInvite), new PreviewInviteRequest(invite.Code));
        Assert.That((preview.PictureMediaId, await StatusAsync(_stranger, picture)), Is.EqualTo(((long?)picture.MediaId, 404)), "not without the code");

        Assert.That(await UrlsAsync(_stranger, picture, "AAAAAAAAAAAAAAAAAAAAAA"), Is.Empty, "a code that does not exist");
        using var malformed = await GetAsync(_stranger, $"/api/media/urls?ids={picture.MediaId}&invite=no-code");
        Assert.That((int)malformed.StatusCode, Is.EqualTo(400));
        var other = await UploadAsync(_ann, NewPng());
        Assert.That(await UrlsAsync(_stranger, other, invite.Code), Is.Empty, "another file of the one who invites");
        var link = (await UrlsAsync(_stranger, picture, invite.Code)).Single().Url;
        Assert.That(await StatusAsync(link), Is.EqualTo(200));
        await _ann.CallAsync<RevokeInviteResult>(nameof(ChatHub.RevokeInvite), new RevokeInviteRequest(group, invite.InviteId));
        Assert.That(await StatusAsync(link), Is.EqualTo(404), "an address from before");
        Assert.That(await UrlsAsync(_stranger, picture, invite.Code), Is.Empty);
    }

    [Test]
    public async Task Its_file_stays_until_another_takes_its_place()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var channel = (await _ann.CallAsync<ChatView>(nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "News"))).ChatId;
        var (first, second) = (await UploadAsync(_ann, NewPng()), await UploadAsync(_ann, NewPng()));
        await SetAsync(_ann, group, first.MediaId);
        await SetAsync(_ann, channel, first.MediaId);
        await ExpireAsync(first.MediaId);
        await CollectAsync();
        Assert.That(await StatusAsync(_bob, first), Is.EqualTo(200));

        await SetAsync(_ann, group, second.MediaId);
        await CollectAsync();
        Assert.That(await StatusAsync(_ann, first), Is.EqualTo(200), "the channel has it still");
        await SetAsync(_ann, channel, null);
        await CollectAsync();
        Assert.That((await StatusAsync(_ann, first), await StatusAsync(_bob, second)), Is.EqualTo((404, 200)));
    }

    [Test]
    public async Task Of_two_who_change_it_at_once_one_is_last_and_the_other_file_goes()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(group, _bob.UserId));
        var uploads = new List<MediaView>();
        for (var i = 0; i < 8; i++) uploads.Add(await UploadAsync(i % 2 == 0 ? _ann : _bob, NewPng()));
        await Task.WhenAll(uploads.Select((upload, i) => SetAsync(i % 2 == 0 ? _ann : _bob, group, upload.MediaId)));
        await ExpireAsync([.. uploads.Select(upload => upload.MediaId)]);
        await CollectAsync();
        var last = (await _ann.GetChatAsync(group)).PictureMediaId;
        Assert.That(
            await Database.ListAsync<long>("SELECT media_id FROM media WHERE media_id IN @ids", new { ids = uploads.Select(upload => upload.MediaId) }),
            Is.EqualTo(new[] { last }));
    }

    private static byte[] NewPng() => Samples.Png(seed: Interlocked.Increment(ref _seeds));

    private static Task<MembershipResult> SetAsync(TestClient client, long chatId, long? mediaId) =>
        client.CallAsync<MembershipResult>(nameof(ChatHub.SetChatPicture), new SetChatPictureRequest(chatId, mediaId));

    private static Task<string> RefusalAsync(TestClient client, long chatId, long? mediaId) =>
        client.RefusalAsync(nameof(ChatHub.SetChatPicture), new SetChatPictureRequest(chatId, mediaId));

    private async Task<IReadOnlyList<MediaUrl>> UrlsAsync(TestClient client, MediaView media, string invite)
    {
        using var response = await GetAsync(client, $"/api/media/urls?ids={media.MediaId}&invite={invite}");
        return (await response.Content.ReadFromJsonAsync<MediaUrls>())!.Urls;
    }

    private async Task<int> StatusAsync(TestClient client, MediaView media)
    {
        using var response = await GetAsync(client, $"/api/media/{media.MediaId}");
        return (int)response.StatusCode;
    }

    private async Task<int> StatusAsync(string link)
    {
        using var response = await GetAsync(null, link);
        return (int)response.StatusCode;
    }

    private Task CollectAsync() => Server.Services.GetRequiredService<MediaCollector>().CollectAsync(CancellationToken.None);

    private Task ExpireAsync(params IReadOnlyList<long> mediaIds) =>
        Database.ExecuteAsync("UPDATE media SET check_after = @past WHERE media_id IN @mediaIds", new { mediaIds, past = DateTime.UtcNow.AddMinutes(-1) });
}

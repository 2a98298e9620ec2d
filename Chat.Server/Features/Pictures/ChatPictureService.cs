using Chat.Data.Groups;
using Chat.Data.Permissions;
using Chat.Data.Pictures;
using Chat.Server.Errors;
using Chat.Server.Features.Groups;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Pictures;

/// <summary>Pictures of groups and channels. That one may change them is checked by the store once more, under the chat's lock.</summary>
public sealed class ChatPictureService(IChatPictureStore pictures, IRightsReader rights, PictureFinder finder, GroupAnnouncer announcer)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>; <c>invalid</c>: the file is no image.</exception>
    public async Task<MembershipResult> SetAsync(long actorId, SetChatPictureRequest request)
    {
        if (request.MediaId is { } mediaId)
        {
            // Who has nothing to say here learns nothing of files either.
            await EnsureMayChangeAsync(request.ChatId, actorId);
            await finder.HoldAsync(actorId, "mediaId", mediaId, CancellationToken.None);
        }
        var change = (await pictures.SetAsync(request.ChatId, actorId, request.MediaId)).Accepted("mediaId");
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceAsync(change.ChatId, actorId);
        return change.ToResult();
    }

    private async Task EnsureMayChangeAsync(long chatId, long actorId)
    {
        var mine = await rights.FindAsync(chatId, actorId, CancellationToken.None);
        // Direct chats are answered as if there were none: their picture is the other person's.
        if (mine is null or { ChatType: ChatTypes.Direct }) throw ChatException.ChatNotFound();
        if (!mine.MayDo(ChatAction.ChangeInfo)) throw ChatException.Forbidden("you may not do this here");
    }
}

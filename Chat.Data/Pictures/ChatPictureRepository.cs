using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Pictures;

/// <summary>Changes pictures of groups and channels, under the chat's lock and in its append lane, as its title is changed.</summary>
public sealed class ChatPictureRepository(MessageAppender appender, TimeProvider time) : IChatPictureStore
{
    private readonly GroupChanges _changes = new(appender, time);

    public Task<GroupChange> SetAsync(long chatId, long actorId, long? mediaId) =>
        _changes.RunAsync(chatId, actorId, ChatAction.ChangeInfo, leaving: [], async (group, _) =>
        {
            var before = await group.Connection.ExecuteScalarAsync<long?>(FindSql, new { ChatId = chatId }, group.Transaction);
            if (before == mediaId) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.Connection.ExecuteAsync(SetSql, new { ChatId = chatId, MediaId = mediaId }, group.Transaction);
            if (before is { } replaced)
                await group.Connection.ExecuteAsync(PictureFiles.LetGoSql, new { MediaId = replaced, _changes.Now }, group.Transaction);
            await group.RecordAsync(actorId, new SystemBody("picture_changed", [], null));
            return await group.FinishAsync([actorId]);
        });

    private const string FindSql = "SELECT picture_media_id FROM chats WHERE chat_id = @ChatId";

    private const string SetSql = "UPDATE chats SET picture_media_id = @MediaId WHERE chat_id = @ChatId";
}

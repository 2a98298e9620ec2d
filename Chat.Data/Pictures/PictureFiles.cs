using Chat.Data.Invites;

namespace Chat.Data.Pictures;

/// <summary>Files that are somebody's or some chat's picture: who holds them, and who may see them.</summary>
internal static class PictureFiles
{
    /// <summary>A file that is a picture no longer is looked at again. A later time stays: somebody may be about to use it.</summary>
    public const string LetGoSql = """
        UPDATE media SET check_after = GREATEST(COALESCE(check_after, @Now), @Now) WHERE media_id = @MediaId
        """;

    /// <summary>Those of the media that are a picture of anything.</summary>
    public const string ListHeldSql = """
        SELECT picture_media_id FROM chats WHERE picture_media_id IN @MediaIds
        UNION
        SELECT picture_media_id FROM users WHERE picture_media_id IN @MediaIds
        """;

    /// <summary>Whether the media <c>m</c> is the picture of a chat that the user is in, or which shows itself to whoever asks or has its code.</summary>
    public const string ChatShowsIt = $"""
        EXISTS (
          SELECT 1
          FROM chats c
          WHERE c.picture_media_id = m.media_id AND (
            c.username IS NOT NULL
            OR EXISTS (
              SELECT 1 FROM chat_participants p
              WHERE p.chat_id = c.chat_id AND p.user_id = @UserId AND p.left_at IS NULL)
            OR EXISTS (SELECT 1 FROM chat_invites i WHERE i.chat_id = c.chat_id AND {InviteRepository.Works})))
        """;
}

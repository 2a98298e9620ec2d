using Chat.Data.Invites;

namespace Chat.Data.Pictures;

/// <summary>Files that are somebody's or some chat's picture: who holds them, and who may see them.</summary>
internal static class PictureFiles
{
    /// <summary>A file that is a picture no longer is looked at again. A later time stays: somebody may be about to use it.</summary>
    public const string LetGoSql = """
        UPDATE media SET check_after = GREATEST(COALESCE(check_after, @Now), @Now) WHERE media_id = @MediaId
        """;

    /// <summary>The same for the picture of a person, who is about to lose it.</summary>
    public const string LetGoOfPersonSql = """
        UPDATE users u
        JOIN media m ON m.media_id = u.picture_media_id
        SET m.check_after = GREATEST(COALESCE(m.check_after, @Now), @Now)
        WHERE u.user_id = @UserId
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

    /// <summary>
    /// Whether the media <c>m</c> is the picture of a person who shows it to the user: by <see cref="Settings.PersonPrivacy.IsFor"/>, which says the same of
    /// its id. A test holds the two together.
    /// </summary>
    public const string PersonShowsIt = """
        EXISTS (
          SELECT 1
          FROM users u
          LEFT JOIN user_settings s ON s.user_id = u.user_id
          WHERE u.picture_media_id = m.media_id AND (u.user_id = @UserId OR (
            NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = u.user_id AND b.blocked_user_id = @UserId)
            AND (COALESCE(s.picture_audience, 'everyone') = 'everyone' OR (
              s.picture_audience IN ('contacts', 'contacts_except')
              AND EXISTS (SELECT 1 FROM contacts k WHERE k.user_id = u.user_id AND k.contact_user_id = @UserId)
              AND (s.picture_audience = 'contacts' OR NOT EXISTS (
                SELECT 1 FROM privacy_exceptions x
                WHERE x.user_id = u.user_id AND x.setting = 'picture' AND x.excepted_user_id = @UserId)))))))
        """;
}

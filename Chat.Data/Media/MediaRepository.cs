using Chat.Data.Pictures;
using Dapper;

namespace Chat.Data.Media;

/// <summary>Uploads, table <c>media</c>. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.</summary>
public sealed class MediaRepository(ChatDatabase database, TimeProvider time)
{
    /// <summary>
    /// Those of the given media that a user may download: their own, those that a message holds which they may see, in a chat or by the preview of a
    /// public channel, and pictures that are shown to them.
    /// </summary>
    /// <param name="mediaIds">At most some hundred.</param>
    /// <returns>Ascending by id.</returns>
    public Task<IReadOnlyList<MediaRow>> ListVisibleAsync(long userId, IReadOnlyCollection<long> mediaIds, CancellationToken cancellationToken) =>
        ListVisibleAsync(userId, mediaIds, inviteHash: null, cancellationToken);

    /// <param name="inviteHash">Of the code of an invite that they have: it shows the picture of its chat.</param>
    public Task<IReadOnlyList<MediaRow>> ListVisibleAsync(
        long userId, IReadOnlyCollection<long> mediaIds, byte[]? inviteHash, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<MediaRow>>(
            async connection => (await connection.QueryAsync<MediaRow>(new CommandDefinition(
                ListVisibleSql, new { UserId = userId, MediaIds = mediaIds, CodeHash = inviteHash, Now = time.GetUtcNow().UtcDateTime },
                cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    // From the few media asked about to their messages and the reader's own participation, or whose picture it is: each step is a look-up in a key.
    // What a public channel shows to anybody, the last parts give to anybody, as its preview does.
    private const string ListVisibleSql = $"""
        SELECT m.media_id, m.owner_id, m.media_type, m.content_type, m.file_name, m.width, m.height, m.duration_ms,
          m.blob_key, b.sha256, b.byte_size, m.thumbnail_key, m.thumbnail_type, t.sha256 AS thumbnail_sha256, t.byte_size AS thumbnail_size,
          m.created_at
        FROM media m
        JOIN media_blobs b ON b.blob_key = m.blob_key
        LEFT JOIN media_blobs t ON t.blob_key = m.thumbnail_key
        WHERE m.media_id IN @MediaIds AND (m.owner_id = @UserId OR EXISTS (
          SELECT 1
          FROM message_media mm
          JOIN chat_participants p ON p.chat_id = mm.chat_id AND p.user_id = @UserId
          WHERE mm.media_id = m.media_id AND p.left_at IS NULL AND mm.message_id >= p.visible_from
            AND NOT EXISTS (
              SELECT 1 FROM messages gone
              WHERE gone.chat_id = mm.chat_id AND gone.message_id = mm.message_id AND gone.expires_at <= UTC_TIMESTAMP(6))
            AND NOT EXISTS (
              SELECT 1 FROM hidden_messages h
              WHERE h.chat_id = mm.chat_id AND h.user_id = @UserId AND h.message_id = mm.message_id))
          OR EXISTS (
          SELECT 1
          FROM message_media mm
          JOIN chats c ON c.chat_id = mm.chat_id AND c.chat_type = 'channel' AND c.username IS NOT NULL
          WHERE mm.media_id = m.media_id
            AND NOT EXISTS (
              SELECT 1 FROM messages gone
              WHERE gone.chat_id = mm.chat_id AND gone.message_id = mm.message_id AND gone.expires_at <= UTC_TIMESTAMP(6)))
          OR {PictureFiles.ChatShowsIt}
          OR {PictureFiles.PersonShowsIt})
        ORDER BY m.media_id
        """;

    /// <summary>What a user has uploaded since then, in bytes; the same file twice counts twice.</summary>
    public Task<long> SumUploadsAsync(long userId, DateTime since, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteScalarAsync<long>(new CommandDefinition(
                SumUploadsSql, new { UserId = userId, Since = since }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string SumUploadsSql = """
        SELECT CAST(COALESCE(SUM(b.byte_size), 0) AS SIGNED)
        FROM media m
        JOIN media_blobs b ON b.blob_key = m.blob_key
        WHERE m.owner_id = @UserId AND m.created_at > @Since
        """;

    /// <summary>
    /// Keeps media from being collected until then: for messages that are about to hold them. Ask <see cref="ListVisibleAsync"/> first.
    /// </summary>
    /// <returns>How many of them there are; the others are gone.</returns>
    public Task<int> ReserveAsync(IReadOnlyCollection<long> mediaIds, DateTime until, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                ReserveSql, new { MediaIds = mediaIds, Until = until }, cancellationToken: cancellationToken)),
            cancellationToken);

    // Both drivers count the rows that were found.
    private const string ReserveSql = """
        UPDATE media SET check_after = GREATEST(COALESCE(check_after, @Until), @Until) WHERE media_id IN @MediaIds
        """;
}

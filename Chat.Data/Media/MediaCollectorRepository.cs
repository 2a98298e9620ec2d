using Chat.Data.Pictures;
using Dapper;

namespace Chat.Data.Media;

/// <summary>
/// Finds what nobody holds: media that no message and nobody as their picture has, blobs without media. Each step may be repeated, and may run on several nodes at
/// once. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class MediaCollectorRepository(ChatDatabase database)
{
    /// <summary>
    /// Looks at media whose time has come: deletes those that nothing holds, and lets the blobs behind them be looked at. Those that a
    /// message is to hold which waits for its time are looked at again later.
    /// </summary>
    /// <param name="later">When.</param>
    /// <returns>How many were looked at and deleted; none looked at means that there are no more.</returns>
    public Task<(int Seen, int Deleted)> CollectMediaAsync(DateTime now, DateTime later, int limit, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            CommandDefinition Command(string sql, object parameters) => new(sql, parameters, transaction, cancellationToken: cancellationToken);
            var due = (await connection.QueryAsync<DueMedia>(Command(ListDueMediaSql, new { Now = now, Limit = limit }))).AsList();
            if (due.Count == 0) return (0, 0);
            var ids = due.Select(media => media.MediaId).ToList();
            var held = (await connection.QueryAsync<long>(Command(ListHeldSql, new { MediaIds = ids }))).ToHashSet();
            if (held.Count > 0) await connection.ExecuteAsync(Command(KeepMediaSql, new { MediaIds = held }));
            var orphans = due.Where(media => !held.Contains(media.MediaId)).ToList();
            if (orphans.Count > 0)
            {
                var waiting = (await connection.QueryAsync<long>(Command(ListScheduledSql, new { MediaIds = orphans.Select(media => media.MediaId) }))).ToHashSet();
                if (waiting.Count > 0) await connection.ExecuteAsync(Command(PostponeMediaSql, new { MediaIds = waiting, Later = later }));
                orphans.RemoveAll(media => waiting.Contains(media.MediaId));
            }
            if (orphans.Count > 0)
            {
                var keys = orphans.SelectMany(media => new[] { media.BlobKey, media.ThumbnailKey }).OfType<byte[]>().ToList();
                await connection.ExecuteAsync(Command(DeleteMediaSql, new { MediaIds = orphans.Select(media => media.MediaId) }));
                await connection.ExecuteAsync(Command(CheckBlobsSql, new { Keys = keys, Now = now }));
            }
            return (due.Count, orphans.Count);
        }, cancellationToken);

    private const string ListDueMediaSql = """
        SELECT media_id, blob_key, thumbnail_key
        FROM media
        WHERE check_after <= @Now
        ORDER BY check_after
        LIMIT @Limit
        FOR UPDATE
        """;

    // The rows of media are locked by now, and a row here needs a lock on its media: nothing can be added behind this read.
    private const string ListHeldSql = $"""
        SELECT media_id FROM message_media WHERE media_id IN @MediaIds
        UNION
        {PictureFiles.ListHeldSql}
        """;

    private const string KeepMediaSql = "UPDATE media SET check_after = NULL WHERE media_id IN @MediaIds";

    // Of their uploaders alone, each of whom has a hundred at most: somebody else's file one may send only while a message holds it.
    // Whoever schedules reserves the file first, so that it does not come up here until the row is there.
    private const string ListScheduledSql = """
        SELECT DISTINCT m.media_id
        FROM media m
        JOIN scheduled_messages s ON s.user_id = m.owner_id
        WHERE m.media_id IN @MediaIds AND CAST(JSON_UNQUOTE(JSON_EXTRACT(s.request, '$.mediaId')) AS SIGNED) = m.media_id
        """;

    private const string PostponeMediaSql = "UPDATE media SET check_after = @Later WHERE media_id IN @MediaIds";

    private const string DeleteMediaSql = "DELETE FROM media WHERE media_id IN @MediaIds";

    private const string CheckBlobsSql = "UPDATE media_blobs SET check_after = @Now WHERE blob_key IN @Keys";

    /// <summary>
    /// Looks at blobs whose time has come: those that nothing refers to are doomed, so that nobody refers to them any more.
    /// Their objects are to be removed from the store, and then <see cref="DeleteBlobAsync"/>; until that, they are returned again.
    /// </summary>
    public Task<DueBlobs> DoomBlobsAsync(DateTime now, int limit, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            CommandDefinition Command(string sql, object parameters) => new(sql, parameters, transaction, cancellationToken: cancellationToken);
            var due = (await connection.QueryAsync<byte[]>(Command(ListDueBlobsSql, new { Now = now, Limit = limit }))).AsList();
            if (due.Count == 0) return new DueBlobs(0, []);
            var held = (await connection.QueryAsync<byte[]>(Command(ListReferredSql, new { Keys = due }))).Select(Convert.ToHexString).ToHashSet();
            var keep = due.Where(key => held.Contains(Convert.ToHexString(key))).ToList();
            var doomed = due.Where(key => !held.Contains(Convert.ToHexString(key))).ToList();
            if (keep.Count > 0) await connection.ExecuteAsync(Command(KeepBlobsSql, new { Keys = keep }));
            if (doomed.Count > 0) await connection.ExecuteAsync(Command(DoomSql, new { Keys = doomed, Now = now }));
            return new DueBlobs(due.Count, doomed);
        }, cancellationToken);

    private const string ListDueBlobsSql = """
        SELECT blob_key
        FROM media_blobs
        WHERE check_after <= @Now
        ORDER BY check_after
        LIMIT @Limit
        FOR UPDATE
        """;

    // As above: whoever refers to a blob needs a lock on its row.
    private const string ListReferredSql = """
        SELECT blob_key FROM media WHERE blob_key IN @Keys
        UNION
        SELECT thumbnail_key FROM media WHERE thumbnail_key IN @Keys
        """;

    private const string KeepBlobsSql = "UPDATE media_blobs SET check_after = NULL WHERE blob_key IN @Keys";

    private const string DoomSql = "UPDATE media_blobs SET sha256 = NULL, doomed_at = COALESCE(doomed_at, @Now) WHERE blob_key IN @Keys";

    /// <summary>The object is gone from the store.</summary>
    public Task DeleteBlobAsync(byte[] key, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(DeleteBlobSql, new { Key = key }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string DeleteBlobSql = "DELETE FROM media_blobs WHERE blob_key = @Key AND doomed_at IS NOT NULL";

    private sealed record DueMedia(long MediaId, byte[] BlobKey, byte[]? ThumbnailKey);
}

/// <param name="Seen">How many were looked at; 0 means that there are no more.</param>
/// <param name="Doomed">Those of them whose objects are to be removed.</param>
public sealed record DueBlobs(int Seen, IReadOnlyList<byte[]> Doomed);

using System.Data.Common;
using Dapper;

namespace Chat.Data.Media;

/// <summary>What is to refer to a blob. Written in the transaction that holds the blob, so that it cannot be collected in between.</summary>
public abstract record BlobReference
{
    private protected BlobReference()
    {
    }

    /// <returns>The id of the media that refers to the blob now; null when it could not be written, and nothing is.</returns>
    internal abstract Task<long?> AddAsync(DbConnection connection, DbTransaction transaction, byte[] blobKey, CancellationToken cancellationToken);
}

/// <summary>A new upload.</summary>
/// <param name="CheckAfter">When it may be collected unless a message holds it.</param>
public sealed record NewMedia(
    long OwnerId, string MediaType, string ContentType, string? FileName, int? Width, int? Height, int? DurationMs,
    DateTime CreatedAt, DateTime CheckAfter) : BlobReference
{
    internal override async Task<long?> AddAsync(
        DbConnection connection, DbTransaction transaction, byte[] blobKey, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters(this);
        parameters.Add("BlobKey", blobKey);
        return await connection.InsertAsync(new CommandDefinition(InsertSql, parameters, transaction, cancellationToken: cancellationToken));
    }

    private const string InsertSql = """
        INSERT INTO media
          (owner_id, media_type, content_type, file_name, width, height, duration_ms, blob_key, created_at, check_after)
        VALUES (@OwnerId, @MediaType, @ContentType, @FileName, @Width, @Height, @DurationMs, @BlobKey, @CreatedAt, @CheckAfter)
        """;
}

/// <summary>The small picture of a media. The first one stays, since others may have it already; the same one again is fine.</summary>
public sealed record NewThumbnail(long MediaId, long OwnerId, string ContentType) : BlobReference
{
    internal override async Task<long?> AddAsync(
        DbConnection connection, DbTransaction transaction, byte[] blobKey, CancellationToken cancellationToken)
    {
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            SetSql, new { MediaId, OwnerId, ContentType, BlobKey = blobKey }, transaction, cancellationToken: cancellationToken));
        return changed > 0 ? MediaId : null;
    }

    // Both drivers count the rows that were found, so a repeat counts as well.
    private const string SetSql = """
        UPDATE media SET thumbnail_key = @BlobKey, thumbnail_type = @ContentType
        WHERE media_id = @MediaId AND owner_id = @OwnerId AND (thumbnail_key IS NULL OR thumbnail_key = @BlobKey)
        """;
}

using Dapper;

namespace Chat.Data.Media;

/// <summary>How referring to a blob ended.</summary>
public enum BlobOutcome
{
    /// <summary>The reference is written.</summary>
    Referred,

    /// <summary>No blob with these bytes: store them, then <see cref="MediaBlobRepository.FinishAsync"/>.</summary>
    NotStored,

    /// <summary>The reference itself could not be written: there is no such media, or it has another thumbnail.</summary>
    Refused,
}

/// <param name="MediaId">Set when <see cref="BlobOutcome.Referred"/>.</param>
public readonly record struct BlobResult(BlobOutcome Outcome, long MediaId = 0);

/// <summary>
/// Objects of the media store, table <c>media_blobs</c>. Every method throws <see cref="DataUnavailableException"/> when the database
/// is out of reach.
/// </summary>
public sealed class MediaBlobRepository(ChatDatabase database)
{
    private const string Sha256Key = "uq_media_blobs_sha256";

    /// <summary>Refers to a blob that is stored already, if there is one with these bytes.</summary>
    public Task<BlobResult> ReferAsync(byte[] sha256, BlobReference reference, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            var key = await connection.ExecuteScalarAsync<byte[]?>(
                new CommandDefinition(LockSql, new { Sha256 = sha256 }, transaction, cancellationToken: cancellationToken));
            if (key is null) return new BlobResult(BlobOutcome.NotStored);
            return await reference.AddAsync(connection, transaction, key, cancellationToken) is { } mediaId
                ? new BlobResult(BlobOutcome.Referred, mediaId)
                : new BlobResult(BlobOutcome.Refused);
        }, cancellationToken);

    // The lock keeps the collector away until the reference is committed.
    private const string LockSql = "SELECT blob_key FROM media_blobs WHERE sha256 = @Sha256 FOR UPDATE";

    /// <summary>Notes that an object is about to be written.</summary>
    /// <param name="checkAfter">When it counts as given up, unless it was finished.</param>
    public Task BeginAsync(byte[] key, long byteSize, DateTime now, DateTime checkAfter, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                BeginSql, new { Key = key, ByteSize = byteSize, Now = now, CheckAfter = checkAfter }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string BeginSql = """
        INSERT INTO media_blobs (blob_key, byte_size, stored_at, check_after) VALUES (@Key, @ByteSize, @Now, @CheckAfter)
        """;

    /// <summary>The object is written: makes it known by its bytes, and refers to it.</summary>
    /// <returns><see cref="BlobOutcome.NotStored"/> when somebody else stored the same bytes meanwhile, or the collector took the object.</returns>
    public async Task<BlobResult> FinishAsync(byte[] key, byte[] sha256, BlobReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await database.InTransactionAsync(async (connection, transaction) =>
            {
                var found = await connection.ExecuteAsync(
                    new CommandDefinition(FinishSql, new { Key = key, Sha256 = sha256 }, transaction, cancellationToken: cancellationToken));
                if (found == 0) return new BlobResult(BlobOutcome.NotStored);
                // A blob that nothing refers to is collected when its time has come.
                return await reference.AddAsync(connection, transaction, key, cancellationToken) is { } mediaId
                    ? new BlobResult(BlobOutcome.Referred, mediaId)
                    : new BlobResult(BlobOutcome.Refused);
            }, cancellationToken);
        }
        catch (Exception exception) when (exception.IsDuplicateKey(Sha256Key))
        {
            return new BlobResult(BlobOutcome.NotStored);
        }
    }

    private const string FinishSql = "UPDATE media_blobs SET sha256 = @Sha256 WHERE blob_key = @Key AND doomed_at IS NULL";
}

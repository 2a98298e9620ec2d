using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;

namespace Chat.Data.Accounts;

/// <summary>
/// Sessions and their refresh tokens: tables <c>sessions</c> and <c>refresh_tokens</c>. A session is live while it is neither revoked nor expired.
/// Locks are taken in the order user, token, session. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class SessionRepository(ChatDatabase database)
{
    private const string InsertSessionSql = """
        INSERT INTO sessions (user_id, device_name, created_at, last_used_at, expires_at)
        VALUES (@UserId, @DeviceName, @Now, @Now, @ExpiresAt)
        """;

    private const string InsertTokenSql = """
        INSERT INTO refresh_tokens (token_hash, session_id, created_at)
        VALUES (@TokenHash, @SessionId, @Now)
        """;

    /// <summary>A session with its first refresh token, as a part of the caller's transaction.</summary>
    internal static async Task<long> InsertAsync(
        DbConnection connection, DbTransaction transaction, long userId, NewSession session, CancellationToken cancellationToken)
    {
        var sessionId = await connection.InsertAsync(new CommandDefinition(
            InsertSessionSql,
            new { UserId = userId, session.DeviceName, session.Now, session.ExpiresAt },
            transaction,
            cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            InsertTokenSql,
            new { TokenHash = session.RefreshTokenHash, SessionId = sessionId, session.Now },
            transaction,
            cancellationToken: cancellationToken));
        return sessionId;
    }

    // Two log-ins of one user at once would each count without the other: the user's row makes them wait in line.
    private const string LockUserSql = "SELECT suspended_until FROM users WHERE user_id = @UserId FOR UPDATE";

    private const string ListSurplusSql = """
        SELECT session_id
        FROM sessions
        WHERE user_id = @UserId AND revoked_at IS NULL AND expires_at > @Now
        ORDER BY last_used_at DESC, session_id DESC
        LIMIT 1000 OFFSET @MaxLive
        """;

    private const string RevokeManySql = """
        UPDATE sessions
        SET revoked_at = @Now
        WHERE session_id IN @SessionIds AND revoked_at IS NULL
        """;

    /// <summary>Opens a session, unless the user is suspended, and ends the least recently used ones, so that at most <paramref name="maxLive"/> are live.</summary>
    public Task<OpenedSession> OpenAsync(long userId, NewSession session, int maxLive, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var suspendedUntil = await connection.ExecuteScalarAsync<DateTime?>(
                    new CommandDefinition(LockUserSql, new { UserId = userId }, transaction, cancellationToken: cancellationToken));
                if (suspendedUntil > session.Now) return new OpenedSession(0, [], suspendedUntil);
                var sessionId = await InsertAsync(connection, transaction, userId, session, cancellationToken);
                var surplus = (await connection.QueryAsync<long>(new CommandDefinition(
                    ListSurplusSql,
                    new { UserId = userId, session.Now, MaxLive = maxLive },
                    transaction,
                    cancellationToken: cancellationToken))).AsList();
                if (surplus.Count > 0)
                    await connection.ExecuteAsync(new CommandDefinition(
                        RevokeManySql,
                        new { SessionIds = surplus, session.Now },
                        transaction,
                        cancellationToken: cancellationToken));
                return new OpenedSession(sessionId, surplus);
            },
            cancellationToken);

    private const string LockTokenSql = """
        SELECT t.session_id, s.user_id, t.used_at, s.revoked_at, s.expires_at
        FROM refresh_tokens t
        JOIN sessions s ON s.session_id = t.session_id
        WHERE t.token_hash = @TokenHash
        FOR UPDATE
        """;

    private const string UseTokenSql = "UPDATE refresh_tokens SET used_at = @Now WHERE token_hash = @TokenHash";

    private const string ExtendSessionSql = """
        UPDATE sessions
        SET last_used_at = @Now, expires_at = @ExpiresAt
        WHERE session_id = @SessionId
        """;

    /// <summary>
    /// Uses up one refresh token and stores the next, sliding the session's expiry. Of several callers with one token, the first wins;
    /// the others find it used, and that revokes the session, because a thief may be among them.
    /// </summary>
    public Task<Rotation> RotateAsync(
        byte[] usedTokenHash, byte[] nextTokenHash, DateTime now, DateTime expiresAt, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var found = await connection.QuerySingleOrDefaultAsync<TokenRow>(
                    new CommandDefinition(LockTokenSql, new { TokenHash = usedTokenHash }, transaction, cancellationToken: cancellationToken));
                if (found is null)
                    return new Rotation(RotationOutcome.Unknown, 0, 0);
                if (found.UsedAt is not null)
                {
                    await connection.ExecuteAsync(new CommandDefinition(
                        RevokeManySql,
                        new { SessionIds = new[] { found.SessionId }, Now = now },
                        transaction,
                        cancellationToken: cancellationToken));
                    return new Rotation(RotationOutcome.Reused, found.UserId, found.SessionId);
                }
                if (found.RevokedAt is not null || found.ExpiresAt <= now)
                    return new Rotation(RotationOutcome.SessionEnded, found.UserId, found.SessionId);

                await connection.ExecuteAsync(new CommandDefinition(
                    UseTokenSql, new { TokenHash = usedTokenHash, Now = now }, transaction, cancellationToken: cancellationToken));
                await connection.ExecuteAsync(new CommandDefinition(
                    InsertTokenSql,
                    new { TokenHash = nextTokenHash, found.SessionId, Now = now },
                    transaction,
                    cancellationToken: cancellationToken));
                await connection.ExecuteAsync(new CommandDefinition(
                    ExtendSessionSql,
                    new { found.SessionId, Now = now, ExpiresAt = expiresAt },
                    transaction,
                    cancellationToken: cancellationToken));
                return new Rotation(RotationOutcome.Rotated, found.UserId, found.SessionId);
            },
            cancellationToken);

    private sealed record TokenRow(long SessionId, long UserId, DateTime? UsedAt, DateTime? RevokedAt, DateTime ExpiresAt);

    // One look-up by primary key: it runs on every authenticated call.
    private static readonly CompositeFormat IsLiveSql = CompositeFormat.Parse("""
        SELECT 1
        FROM sessions
        WHERE session_id = {0} AND user_id = {1} AND revoked_at IS NULL AND expires_at > {2}
        """);

    public Task<bool> IsLiveAsync(long userId, long sessionId, DateTime now, CancellationToken cancellationToken) =>
        database.LookUpAsync(
            string.Format(CultureInfo.InvariantCulture, IsLiveSql, sessionId, userId, SqlLiterals.Of(now)), reader => reader.ReadAsync(CancellationToken.None), cancellationToken);

    private const string FindLiveSql = """
        SELECT session_id
        FROM sessions
        WHERE session_id IN @SessionIds AND revoked_at IS NULL AND expires_at > @Now
        """;

    /// <summary>Those of the sessions that are live; some hundreds at a time.</summary>
    public Task<IReadOnlySet<long>> FindLiveAsync(IReadOnlyCollection<long> sessionIds, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlySet<long>>(
            async connection => (await connection.QueryAsync<long>(new CommandDefinition(
                FindLiveSql, new { SessionIds = sessionIds, Now = now }, cancellationToken: cancellationToken))).ToHashSet(),
            cancellationToken);

    private const string ListLiveSql = """
        SELECT session_id, device_name, created_at, last_used_at
        FROM sessions
        WHERE user_id = @UserId AND revoked_at IS NULL AND expires_at > @Now
        ORDER BY last_used_at DESC, session_id DESC
        """;

    /// <summary>A user's live sessions, the last used first.</summary>
    public Task<IReadOnlyList<SessionRow>> ListLiveAsync(long userId, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<SessionRow>>(
            async connection => (await connection.QueryAsync<SessionRow>(
                new CommandDefinition(ListLiveSql, new { UserId = userId, Now = now }, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    private const string LockSessionSql = """
        SELECT revoked_at, expires_at
        FROM sessions
        WHERE session_id = @SessionId AND user_id = @UserId
        FOR UPDATE
        """;

    /// <summary>Ends one session of a user.</summary>
    public Task<RevokeOutcome> RevokeAsync(long userId, long sessionId, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var found = await connection.QuerySingleOrDefaultAsync<EndRow>(new CommandDefinition(
                    LockSessionSql,
                    new { UserId = userId, SessionId = sessionId },
                    transaction,
                    cancellationToken: cancellationToken));
                if (found is null)
                    return RevokeOutcome.Unknown;
                if (found.RevokedAt is not null || found.ExpiresAt <= now)
                    return RevokeOutcome.AlreadyEnded;
                await connection.ExecuteAsync(new CommandDefinition(
                    RevokeManySql,
                    new { SessionIds = new[] { sessionId }, Now = now },
                    transaction,
                    cancellationToken: cancellationToken));
                return RevokeOutcome.Revoked;
            },
            cancellationToken);

    private sealed record EndRow(DateTime? RevokedAt, DateTime ExpiresAt);

    private const string LockOthersSql = """
        SELECT session_id
        FROM sessions
        WHERE user_id = @UserId AND revoked_at IS NULL AND expires_at > @Now AND session_id <> @KeepSessionId
        ORDER BY session_id
        FOR UPDATE
        """;

    /// <summary>Ends every live session of a user but one, and returns the ids of those ended.</summary>
    public Task<IReadOnlyList<long>> RevokeOthersAsync(long userId, long keepSessionId, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            (connection, transaction) => RevokeOthersAsync(connection, transaction, userId, keepSessionId, now, cancellationToken), cancellationToken);

    /// <summary>The same as a part of the caller's transaction.</summary>
    /// <param name="keepSessionId">0 ends them all.</param>
    internal static async Task<IReadOnlyList<long>> RevokeOthersAsync(
        DbConnection connection, DbTransaction transaction, long userId, long keepSessionId, DateTime now, CancellationToken cancellationToken)
    {
        var others = (await connection.QueryAsync<long>(new CommandDefinition(
            LockOthersSql,
            new { UserId = userId, KeepSessionId = keepSessionId, Now = now },
            transaction,
            cancellationToken: cancellationToken))).AsList();
        if (others.Count > 0)
            await connection.ExecuteAsync(new CommandDefinition(
                RevokeManySql,
                new { SessionIds = others, Now = now },
                transaction,
                cancellationToken: cancellationToken));
        return others;
    }

    private const string PurgeTokensSql = "DELETE FROM refresh_tokens WHERE used_at < @UsedBefore LIMIT 1000";

    // The tokens go with their session (ON DELETE CASCADE).
    private const string PurgeSessionsSql = "DELETE FROM sessions WHERE expires_at < @ExpiredBefore LIMIT 1000";

    /// <summary>Deletes old used tokens and long-dead sessions, up to a thousand of each a call; returns how many rows went.</summary>
    public Task<int> PurgeAsync(DateTime usedBefore, DateTime expiredBefore, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection =>
                await connection.ExecuteAsync(
                    new CommandDefinition(PurgeTokensSql, new { UsedBefore = usedBefore }, cancellationToken: cancellationToken))
                + await connection.ExecuteAsync(
                    new CommandDefinition(PurgeSessionsSql, new { ExpiredBefore = expiredBefore }, cancellationToken: cancellationToken)),
            cancellationToken);
}

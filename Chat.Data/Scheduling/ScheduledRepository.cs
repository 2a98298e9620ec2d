using Dapper;

namespace Chat.Data.Scheduling;

/// <inheritdoc/>
public sealed class ScheduledRepository(ChatDatabase database) : IScheduledStore
{
    private const string Columns = "scheduled_id, user_id, chat_id, client_message_id, request, send_at, created_at, failure";

    public Task<ScheduleResult> AddAsync(ScheduledRow row, int max, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            CommandDefinition Command(string sql) => new(sql, row, transaction, cancellationToken: cancellationToken);
            // The user's row makes two additions of one person wait for each other: each would count without the other.
            await connection.ExecuteScalarAsync<long?>(Command(LockUserSql));
            if (await connection.QuerySingleOrDefaultAsync<ScheduledRow?>(Command(FindRepeatedSql)) is { } repeated)
                return new ScheduleResult(ScheduleOutcome.Done, repeated);
            if (await connection.ExecuteScalarAsync<long>(Command(CountSql)) >= max) return new ScheduleResult(ScheduleOutcome.TooMany);
            var scheduledId = await connection.InsertAsync(Command(AddSql));
            return new ScheduleResult(ScheduleOutcome.Done, row with { ScheduledId = scheduledId });
        }, cancellationToken);

    private const string LockUserSql = "SELECT user_id FROM users WHERE user_id = @UserId FOR UPDATE";

    // Locking reads: a snapshot from before the lock was granted would not show what was added meanwhile.
    private const string FindRepeatedSql = $"""
        SELECT {Columns} FROM scheduled_messages WHERE user_id = @UserId AND client_message_id = @ClientMessageId FOR UPDATE
        """;

    private const string CountSql = "SELECT COUNT(*) FROM scheduled_messages WHERE user_id = @UserId FOR UPDATE";

    private const string AddSql = """
        INSERT INTO scheduled_messages (user_id, chat_id, client_message_id, request, send_at, next_try_at, created_at)
        VALUES (@UserId, @ChatId, @ClientMessageId, @Request, @SendAt, @SendAt, @CreatedAt)
        """;

    public Task<IReadOnlyList<ScheduledRow>> ListAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<ScheduledRow>>(
            async connection => (await connection.QueryAsync<ScheduledRow>(
                new CommandDefinition(ListSql, new { UserId = userId }, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    private const string ListSql = $"""
        SELECT {Columns} FROM scheduled_messages WHERE user_id = @UserId ORDER BY send_at, scheduled_id
        """;

    public Task<ScheduleResult> MoveAsync(long userId, long scheduledId, DateTime sendAt, DateTime now, CancellationToken cancellationToken) =>
        ChangeAsync(userId, scheduledId, now, MoveSql, sendAt, cancellationToken);

    private const string MoveSql = """
        UPDATE scheduled_messages
        SET send_at = @SendAt, next_try_at = @SendAt, failure = NULL, claimed_until = NULL
        WHERE scheduled_id = @ScheduledId
        """;

    public Task<ScheduleResult> CancelAsync(long userId, long scheduledId, DateTime now, CancellationToken cancellationToken) =>
        ChangeAsync(userId, scheduledId, now, RemoveSql, sendAt: null, cancellationToken);

    private Task<ScheduleResult> ChangeAsync(
        long userId, long scheduledId, DateTime now, string sql, DateTime? sendAt, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            CommandDefinition Command(string text) => new(
                text, new { UserId = userId, ScheduledId = scheduledId, SendAt = sendAt }, transaction, cancellationToken: cancellationToken);
            var found = await connection.QuerySingleOrDefaultAsync<ScheduledRow?>(Command(FindSql));
            if (found is null) return new ScheduleResult(ScheduleOutcome.NotFound);
            if (await connection.ExecuteScalarAsync<DateTime?>(Command(FindClaimSql)) > now) return new ScheduleResult(ScheduleOutcome.BeingSent);
            await connection.ExecuteAsync(Command(sql));
            return new ScheduleResult(ScheduleOutcome.Done, sendAt is { } moved ? found with { SendAt = moved, Failure = null } : found);
        }, cancellationToken);

    private const string FindSql = $"""
        SELECT {Columns} FROM scheduled_messages WHERE scheduled_id = @ScheduledId AND user_id = @UserId FOR UPDATE
        """;

    private const string FindClaimSql = "SELECT claimed_until FROM scheduled_messages WHERE scheduled_id = @ScheduledId FOR UPDATE";

    public Task<bool> HasDueAsync(DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection => await connection.ExecuteScalarAsync<long?>(
                new CommandDefinition(HasDueSql, new { Now = now }, cancellationToken: cancellationToken)) is not null,
            cancellationToken);

    private const string HasDueSql = """
        SELECT scheduled_id
        FROM scheduled_messages
        WHERE next_try_at <= @Now AND (claimed_until IS NULL OR claimed_until <= @Now)
        LIMIT 1
        """;

    public Task<IReadOnlyList<ScheduledRow>> ClaimDueAsync(DateTime now, DateTime until, int limit, CancellationToken cancellationToken) =>
        database.InTransactionAsync<IReadOnlyList<ScheduledRow>>(async (connection, transaction) =>
        {
            var due = (await connection.QueryAsync<ScheduledRow>(
                new CommandDefinition(FindDueSql, new { Now = now, Limit = limit }, transaction, cancellationToken: cancellationToken))).AsList();
            if (due.Count > 0)
                await connection.ExecuteAsync(new CommandDefinition(
                    ClaimSql, new { Until = until, Ids = due.Select(row => row.ScheduledId) }, transaction, cancellationToken: cancellationToken));
            return due;
        }, cancellationToken);

    private const string FindDueSql = $"""
        SELECT {Columns}
        FROM scheduled_messages
        WHERE next_try_at <= @Now AND (claimed_until IS NULL OR claimed_until <= @Now)
        ORDER BY next_try_at, scheduled_id
        LIMIT @Limit
        FOR UPDATE
        """;

    private const string ClaimSql = "UPDATE scheduled_messages SET claimed_until = @Until WHERE scheduled_id IN @Ids";

    public Task RemoveAsync(long scheduledId, CancellationToken cancellationToken) =>
        ExecuteAsync(RemoveSql, new { ScheduledId = scheduledId }, cancellationToken);

    private const string RemoveSql = "DELETE FROM scheduled_messages WHERE scheduled_id = @ScheduledId";

    public Task PostponeAsync(long scheduledId, DateTime nextTryAt, CancellationToken cancellationToken) =>
        ExecuteAsync(PostponeSql, new { ScheduledId = scheduledId, NextTryAt = nextTryAt }, cancellationToken);

    private const string PostponeSql = """
        UPDATE scheduled_messages SET next_try_at = @NextTryAt, claimed_until = NULL WHERE scheduled_id = @ScheduledId
        """;

    public Task FailAsync(long scheduledId, string failure, CancellationToken cancellationToken) =>
        ExecuteAsync(FailSql, new { ScheduledId = scheduledId, Failure = failure }, cancellationToken);

    private const string FailSql = """
        UPDATE scheduled_messages SET next_try_at = NULL, claimed_until = NULL, failure = @Failure WHERE scheduled_id = @ScheduledId
        """;

    private Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)), cancellationToken);
}

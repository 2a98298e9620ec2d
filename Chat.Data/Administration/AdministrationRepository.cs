using System.Data.Common;
using Chat.Data.Accounts;
using Dapper;

namespace Chat.Data.Administration;

/// <summary>
/// What admins see and do. Whatever changes something is written down in the same transaction. Every method throws
/// <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class AdministrationRepository(ChatDatabase database)
{
    public Task<bool> IsAdminAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection => await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                IsAdminSql, new { UserId = userId }, cancellationToken: cancellationToken)) is not null,
            cancellationToken);

    private const string IsAdminSql = "SELECT user_id FROM users WHERE user_id = @UserId AND role = 'admin' AND deleted_at IS NULL";

    /// <summary>Makes somebody an admin, or no longer one; written down as done by whoever runs the server.</summary>
    /// <param name="login">A phone number or a username.</param>
    /// <returns>The user's id; null if nobody has this login.</returns>
    public Task<long?> SetAdminAsync(string login, bool isAdmin, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            var userId = await connection.ExecuteScalarAsync<long?>(FindByLoginSql, new { Login = login }, transaction);
            if (userId is null) return null;
            await connection.ExecuteAsync(SetRoleSql, new { UserId = userId, Role = isAdmin ? "admin" : "user" }, transaction);
            await RecordAsync(
                connection, transaction, new AdminAction(0, isAdmin ? AdminActions.Appointed : AdminActions.Dismissed, now, userId));
            return userId;
        }, cancellationToken);

    private const string FindByLoginSql = """
        SELECT user_id FROM users WHERE (phone_number = @Login OR username = LOWER(@Login)) AND deleted_at IS NULL FOR UPDATE
        """;

    private const string SetRoleSql = "UPDATE users SET role = @Role WHERE user_id = @UserId";

    /// <summary>Keeps somebody from logging in, and ends all of their sessions; or lets them in again.</summary>
    /// <param name="until">Null lifts it.</param>
    /// <returns>The sessions that ended.</returns>
    public Task<(SuspensionOutcome Outcome, IReadOnlyList<long> Ended)> SuspendAsync(
        long adminId, long userId, DateTime? until, string? note, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync<(SuspensionOutcome, IReadOnlyList<long>)>(async (connection, transaction) =>
        {
            // The user's row first, as a log-in does: one that is under way is either over, and found here, or refused.
            var role = await connection.ExecuteScalarAsync<string?>(LockUserSql, new { UserId = userId }, transaction);
            if (role is null) return (SuspensionOutcome.NotFound, []);
            if (role == "admin") return (SuspensionOutcome.IsAdmin, []);
            await connection.ExecuteAsync(SuspendSql, new { UserId = userId, Until = until }, transaction);
            await RecordAsync(connection, transaction, new AdminAction(
                adminId, until is null ? AdminActions.Lifted : AdminActions.Suspended, now, userId, Note: note));
            var ended = until is null
                ? []
                : await SessionRepository.RevokeOthersAsync(connection, transaction, userId, keepSessionId: 0, now, cancellationToken);
            return (SuspensionOutcome.Done, ended);
        }, cancellationToken);

    private const string LockUserSql = "SELECT role FROM users WHERE user_id = @UserId AND deleted_at IS NULL FOR UPDATE";

    private const string SuspendSql = "UPDATE users SET suspended_until = @Until WHERE user_id = @UserId";

    /// <returns>False when there is no such report, or it is resolved already.</returns>
    public Task<bool> ResolveAsync(
        long adminId, long reportId, string resolution, string? note, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            var resolved = await connection.ExecuteAsync(
                ResolveSql, new { ReportId = reportId, AdminId = adminId, Resolution = resolution, Now = now }, transaction);
            if (resolved == 0) return false;
            await RecordAsync(connection, transaction, new AdminAction(
                adminId, AdminActions.ReportResolved, now, ReportId: reportId, Note: note));
            return true;
        }, cancellationToken);

    private const string ResolveSql = """
        UPDATE reports SET resolved_at = @Now, resolved_by = @AdminId, resolution = @Resolution
        WHERE report_id = @ReportId AND resolved_at IS NULL
        """;

    /// <summary>Open reports, the oldest first, or resolved ones, the newest first; a page behind a report.</summary>
    public Task<IReadOnlyList<ReportRow>> ListReportsAsync(bool open, long? after, int limit, CancellationToken cancellationToken) =>
        ListAsync<ReportRow>(
            open ? ListOpenSql : ListResolvedSql, new { After = after ?? (open ? 0 : long.MaxValue), Limit = limit }, cancellationToken);

    private const string Reports = """
        SELECT r.report_id, r.reporter_id, reporter.name AS reporter_name, r.reported_user_id, reported.name AS reported_name,
          reported.suspended_until, r.chat_id, r.message_id, r.reason, r.report_comment, r.message_type, r.message_text, r.body, r.sent_at,
          r.created_at, r.resolved_at, r.resolved_by, r.resolution
        FROM reports r
        JOIN users reporter ON reporter.user_id = r.reporter_id
        JOIN users reported ON reported.user_id = r.reported_user_id
        """;

    private const string ListOpenSql = $"""
        {Reports}
        WHERE r.resolved_at IS NULL AND r.report_id > @After
        ORDER BY r.report_id
        LIMIT @Limit
        """;

    private const string ListResolvedSql = $"""
        {Reports}
        WHERE r.resolved_at IS NOT NULL AND r.report_id < @After
        ORDER BY r.report_id DESC
        LIMIT @Limit
        """;

    /// <summary>What was done, the newest first; a page behind an action.</summary>
    public Task<IReadOnlyList<AdminActionRow>> ListActionsAsync(long? before, int limit, CancellationToken cancellationToken) =>
        ListAsync<AdminActionRow>(ListActionsSql, new { Before = before ?? long.MaxValue, Limit = limit }, cancellationToken);

    private const string ListActionsSql = """
        SELECT action_id, admin_id, action_kind, user_id, chat_id, message_id, report_id, note, done_at
        FROM admin_actions
        WHERE action_id < @Before
        ORDER BY action_id DESC
        LIMIT @Limit
        """;

    private Task<IReadOnlyList<T>> ListAsync<T>(string sql, object parameters, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<T>>(
            async connection => (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    /// <summary>As a part of the caller's transaction.</summary>
    internal static Task RecordAsync(DbConnection connection, DbTransaction transaction, AdminAction action) =>
        connection.ExecuteAsync(RecordSql, action, transaction);

    private const string RecordSql = """
        INSERT INTO admin_actions (admin_id, action_kind, user_id, chat_id, message_id, report_id, note, done_at)
        VALUES (@AdminId, @Kind, @UserId, @ChatId, @MessageId, @ReportId, @Note, @Now)
        """;
}

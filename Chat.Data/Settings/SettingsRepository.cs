using System.Data.Common;
using Dapper;

namespace Chat.Data.Settings;

/// <inheritdoc/>
public sealed class SettingsRepository(ChatDatabase database) : ISettingsStore
{
    public Task<(SettingsRow Settings, IReadOnlyList<PrivacyExceptionRow> Exceptions)> GetAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection =>
            {
                await using var results = await connection.QueryMultipleAsync(GetSql, new { UserId = userId });
                var settings = await results.ReadSingleOrDefaultAsync<SettingsRow>() ?? SettingsRow.Default;
                return (settings, (IReadOnlyList<PrivacyExceptionRow>)(await results.ReadAsync<PrivacyExceptionRow>()).AsList());
            },
            cancellationToken);

    private const string GetSql = """
        SELECT last_seen_audience, picture_audience, status_audience, groups_audience, read_receipts, notifications, version
        FROM user_settings WHERE user_id = @UserId;
        SELECT setting, excepted_user_id FROM privacy_exceptions WHERE user_id = @UserId ORDER BY setting, excepted_user_id
        """;

    public Task SetAudienceAsync(
        long userId, PrivacySetting setting, Audience audience, IReadOnlyCollection<long> exceptIds, CancellationToken cancellationToken) =>
        ChangeAsync(
            userId,
            async (connection, transaction) =>
            {
                var parameters = new { UserId = userId, Audience = SettingNames.Of(audience), Setting = SettingNames.Of(setting), ExceptIds = exceptIds };
                await connection.ExecuteAsync(SetAudienceSql(setting), parameters, transaction);
                await connection.ExecuteAsync(ForgetExceptionsSql, parameters, transaction);
                if (exceptIds.Count > 0) await connection.ExecuteAsync(AddExceptionsSql, parameters, transaction);
            },
            cancellationToken);

    private static string SetAudienceSql(PrivacySetting setting) => setting switch
    {
        PrivacySetting.LastSeen => "UPDATE user_settings SET last_seen_audience = @Audience, version = version + 1 WHERE user_id = @UserId",
        PrivacySetting.Picture => "UPDATE user_settings SET picture_audience = @Audience, version = version + 1 WHERE user_id = @UserId",
        PrivacySetting.Status => "UPDATE user_settings SET status_audience = @Audience, version = version + 1 WHERE user_id = @UserId",
        PrivacySetting.Groups => "UPDATE user_settings SET groups_audience = @Audience, version = version + 1 WHERE user_id = @UserId",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    private const string ForgetExceptionsSql = "DELETE FROM privacy_exceptions WHERE user_id = @UserId AND setting = @Setting";

    private const string AddExceptionsSql = """
        INSERT INTO privacy_exceptions (user_id, setting, excepted_user_id)
        SELECT @UserId, @Setting, u.user_id FROM users u WHERE u.user_id IN @ExceptIds
        """;

    public Task SetReadReceiptsAsync(long userId, bool enabled, CancellationToken cancellationToken) =>
        ChangeAsync(
            userId,
            (connection, transaction) => connection.ExecuteAsync(SetReadReceiptsSql, new { UserId = userId, Enabled = enabled }, transaction),
            cancellationToken);

    private const string SetReadReceiptsSql = """
        UPDATE user_settings SET read_receipts = @Enabled, version = version + 1 WHERE user_id = @UserId
        """;

    public Task SetNotificationsAsync(long userId, NotificationKinds kinds, bool enabled, CancellationToken cancellationToken) =>
        ChangeAsync(
            userId,
            (connection, transaction) => connection.ExecuteAsync(
                SetNotificationsSql, new { UserId = userId, Kinds = (int)kinds, Enabled = enabled }, transaction),
            cancellationToken);

    private const string SetNotificationsSql = """
        UPDATE user_settings
        SET notifications = IF(@Enabled, notifications | @Kinds, notifications & ~@Kinds), version = version + 1
        WHERE user_id = @UserId
        """;

    /// <summary>The row is there, and locked, before it is changed: changes of one person come one after another.</summary>
    private Task ChangeAsync(long userId, Func<DbConnection, DbTransaction, Task> change, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(EnsureSql, new { UserId = userId }, transaction);
                await change(connection, transaction);
                return true;
            },
            cancellationToken);

    private const string EnsureSql = "INSERT INTO user_settings (user_id) VALUES (@UserId) ON DUPLICATE KEY UPDATE user_id = user_id";
}

using System.Data.Common;
using System.Globalization;
using Chat.Data.Pictures;
using Dapper;

namespace Chat.Data.Accounts;

/// <summary>
/// What a person does with the account itself. Whatever changes how one logs in ends the other sessions in the same transaction.
/// Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class AccountRepository(ChatDatabase database)
{
    private const string GetPasswordSql = """
        SELECT user_id, phone_number, password_hash FROM users WHERE user_id = @UserId AND deleted_at IS NULL
        """;

    /// <returns>Null when there is no such account any more.</returns>
    public Task<OwnCredentialsRow?> FindCredentialsAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<OwnCredentialsRow?>(
                new CommandDefinition(GetPasswordSql, new { UserId = userId }, cancellationToken: cancellationToken)),
            cancellationToken);

    // The old hash in the condition: of two changes at once the second was checked against a password that holds no more.
    private const string ChangePasswordSql = """
        UPDATE users SET password_hash = @NewHash WHERE user_id = @UserId AND password_hash = @OldHash AND deleted_at IS NULL
        """;

    /// <returns>The sessions that ended; null when the password was changed meanwhile, and nothing was written.</returns>
    public Task<IReadOnlyList<long>?> ChangePasswordAsync(
        long userId, string oldHash, string newHash, long keepSessionId, DateTime now, CancellationToken cancellationToken) =>
        ChangeAsync(userId, ChangePasswordSql, new { UserId = userId, OldHash = oldHash, NewHash = newHash }, keepSessionId, now, cancellationToken);

    private const string ChangePhoneNumberSql = """
        UPDATE users SET phone_number = @PhoneNumber WHERE user_id = @UserId AND password_hash = @OldHash AND deleted_at IS NULL
        """;

    /// <returns>The sessions that ended; null when the password was changed meanwhile, and nothing was written.</returns>
    /// <exception cref="DbException">A duplicate of <see cref="UserRepository.PhoneNumberKey"/>.</exception>
    public Task<IReadOnlyList<long>?> ChangePhoneNumberAsync(
        long userId, string oldHash, string phoneNumber, long keepSessionId, DateTime now, CancellationToken cancellationToken) =>
        ChangeAsync(
            userId, ChangePhoneNumberSql, new { UserId = userId, OldHash = oldHash, PhoneNumber = phoneNumber }, keepSessionId, now, cancellationToken);

    private Task<IReadOnlyList<long>?> ChangeAsync(
        long userId, string sql, object parameters, long keepSessionId, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                // Also counts a row that was found but not changed: the drivers report what the condition met.
                var found = await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
                return found == 0 ? null : await SessionRepository.RevokeOthersAsync(connection, transaction, userId, keepSessionId, now, cancellationToken);
            },
            cancellationToken);

    // What stays is what others' history points at: the id, and when the account began and ended. The phone number is free again; the
    // column must hold something that no phone number is. No password has an empty hash.
    private const string BuryUserSql = """
        UPDATE users
        SET name = @Name, phone_number = @NoPhoneNumber, username = NULL, password_hash = '', status = NULL, profile_picture_url = NULL,
            picture_media_id = NULL, last_seen = NULL, deleted_at = @Now
        WHERE user_id = @UserId AND password_hash = @OldHash AND deleted_at IS NULL
        """;

    private static readonly string[] ForgetSql =
    [
        "DELETE FROM contacts WHERE user_id = @UserId",
        "DELETE FROM contacts WHERE contact_user_id = @UserId",
        "DELETE FROM privacy_exceptions WHERE user_id = @UserId",
        "DELETE FROM privacy_exceptions WHERE excepted_user_id = @UserId",
        "DELETE FROM blocks WHERE user_id = @UserId",
        "DELETE FROM blocks WHERE blocked_user_id = @UserId",
        "DELETE FROM user_settings WHERE user_id = @UserId",
        "DELETE FROM chat_settings WHERE user_id = @UserId",
        "DELETE FROM chat_bans WHERE user_id = @UserId",
        "DELETE FROM scheduled_messages WHERE user_id = @UserId",
        "DELETE FROM account_exports WHERE user_id = @UserId",
        "DELETE FROM phone_lookups WHERE user_id = @UserId",
        "UPDATE sessions SET device_name = NULL WHERE user_id = @UserId",
    ];

    /// <summary>Deletes what is personal and ends all sessions. Chats and messages stay as they are.</summary>
    /// <returns>The sessions that ended; null when the password was changed meanwhile, and nothing was written.</returns>
    public Task<IReadOnlyList<long>?> DeleteAsync(long userId, string oldHash, string tombstoneName, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new
                {
                    UserId = userId, OldHash = oldHash, Name = tombstoneName, NoPhoneNumber = NoPhoneNumber(userId), Now = now,
                };
                await connection.ExecuteAsync(new CommandDefinition(PictureFiles.LetGoOfPersonSql, parameters, transaction, cancellationToken: cancellationToken));
                if (await connection.ExecuteAsync(new CommandDefinition(BuryUserSql, parameters, transaction, cancellationToken: cancellationToken)) == 0)
                    return null;
                foreach (var sql in ForgetSql)
                    await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
                return (IReadOnlyList<long>?)await SessionRepository.RevokeOthersAsync(
                    connection, transaction, userId, keepSessionId: 0, now, cancellationToken);
            },
            cancellationToken);

    /// <summary>Short enough for the column whatever the id, and no phone number: those begin with a plus.</summary>
    private static string NoPhoneNumber(long userId) => "x" + userId.ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>What a person's own password is checked against.</summary>
public sealed record OwnCredentialsRow(long UserId, string PhoneNumber, string PasswordHash)
{
    public override string ToString() => $"credentials of user {UserId}";
}

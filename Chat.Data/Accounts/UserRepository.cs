using System.Data.Common;
using Chat.Data.Pictures;
using Dapper;

namespace Chat.Data.Accounts;

/// <summary>People: table <c>users</c>. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.</summary>
public sealed class UserRepository(ChatDatabase database)
{
    public const string PhoneNumberKey = "uq_users_phone_number";
    public const string UsernameKey = "uq_users_username";

    private const string InsertUserSql = """
        INSERT INTO users (name, phone_number, username, password_hash, created_at)
        VALUES (@Name, @PhoneNumber, @Username, @PasswordHash, @CreatedAt)
        """;

    /// <summary>Stores a person and the session of the device that registered, both or neither.</summary>
    /// <exception cref="DbException">A duplicate of <see cref="PhoneNumberKey"/> or <see cref="UsernameKey"/>.</exception>
    public Task<(long UserId, long SessionId)> RegisterAsync(NewUser user, NewSession session, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var userId = await connection.InsertAsync(
                    new CommandDefinition(InsertUserSql, user, transaction, cancellationToken: cancellationToken));
                var sessionId = await SessionRepository.InsertAsync(connection, transaction, userId, session, cancellationToken);
                return (userId, sessionId);
            },
            cancellationToken);

    private const string FindCredentialsSql = """
        SELECT user_id, password_hash
        FROM users
        WHERE phone_number = @PhoneNumber OR username = @Username
        """;

    /// <summary>By phone number or by username, whichever is given; null if nobody has it.</summary>
    public Task<CredentialsRow?> FindCredentialsAsync(string? phoneNumber, string? username, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<CredentialsRow>(
                new CommandDefinition(FindCredentialsSql, new { PhoneNumber = phoneNumber, Username = username }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string GetSql = """
        SELECT user_id, name, phone_number, username, status, profile_picture_url, picture_media_id, created_at
        FROM users
        WHERE user_id = @UserId
        """;

    public Task<UserRow?> GetAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<UserRow>(
                new CommandDefinition(GetSql, new { UserId = userId }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string ListSql = """
        SELECT user_id, name, phone_number, username, status, profile_picture_url, picture_media_id, created_at
        FROM users
        WHERE user_id IN @UserIds
        ORDER BY user_id
        """;

    /// <summary>Those of the given people who exist, ascending by id.</summary>
    public Task<IReadOnlyList<UserRow>> ListAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<UserRow>>(
            async connection => (await connection.QueryAsync<UserRow>(
                new CommandDefinition(ListSql, new { UserIds = userIds }, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    private const string FindSql = """
        SELECT user_id, name, phone_number, username, status, profile_picture_url, picture_media_id, created_at
        FROM users
        WHERE phone_number = @PhoneNumber OR username = @Username
        """;

    /// <summary>By exact phone number or username, whichever is given; null if nobody has it.</summary>
    public Task<UserRow?> FindAsync(string? phoneNumber, string? username, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<UserRow>(
                new CommandDefinition(FindSql, new { PhoneNumber = phoneNumber, Username = username }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string UpdateProfileSql = """
        UPDATE users
        SET name = IF(@SetName, @Name, name),
            username = IF(@SetUsername, @Username, username),
            status = IF(@SetStatus, @Status, status),
            profile_picture_url = IF(@SetProfilePictureUrl, @ProfilePictureUrl, profile_picture_url),
            picture_media_id = IF(@SetPictureMediaId, @PictureMediaId, picture_media_id)
        WHERE user_id = @UserId
        """;

    // The lock keeps a file from being let go by two changes at once, and the one between them from being forgotten.
    private const string LockPictureSql = "SELECT picture_media_id FROM users WHERE user_id = @UserId FOR UPDATE";

    /// <summary>
    /// Changes what <paramref name="change"/> names and returns the person as it is then; null if there is none. A picture must be kept from the
    /// collector meanwhile; the one that it replaces is let go.
    /// </summary>
    /// <exception cref="DbException">A duplicate of <see cref="UsernameKey"/>.</exception>
    public Task<UserRow?> UpdateProfileAsync(long userId, ProfileChange change, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new DynamicParameters(change);
                parameters.Add("UserId", userId);
                var before = !change.SetPictureMediaId ? null : await connection.ExecuteScalarAsync<long?>(
                    new CommandDefinition(LockPictureSql, parameters, transaction, cancellationToken: cancellationToken));
                await connection.ExecuteAsync(
                    new CommandDefinition(UpdateProfileSql, parameters, transaction, cancellationToken: cancellationToken));
                if (before is { } replaced && replaced != change.PictureMediaId)
                    await connection.ExecuteAsync(new CommandDefinition(
                        PictureFiles.LetGoSql, new { MediaId = replaced, Now = now }, transaction, cancellationToken: cancellationToken));
                return await connection.QuerySingleOrDefaultAsync<UserRow>(
                    new CommandDefinition(GetSql, new { UserId = userId }, transaction, cancellationToken: cancellationToken));
            },
            cancellationToken);

    // The old hash in the condition keeps a slow rehash from undoing a password that was changed meanwhile.
    private const string ReplacePasswordHashSql = """
        UPDATE users
        SET password_hash = @NewHash
        WHERE user_id = @UserId AND password_hash = @OldHash
        """;

    /// <summary>Stores the same password under a stronger hash.</summary>
    public Task ReplacePasswordHashAsync(long userId, string oldHash, string newHash, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(
                new CommandDefinition(
                    ReplacePasswordHashSql,
                    new { UserId = userId, OldHash = oldHash, NewHash = newHash },
                    cancellationToken: cancellationToken)),
            cancellationToken);
}

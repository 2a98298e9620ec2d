using Dapper;

namespace Chat.Data.Contacts;

/// <inheritdoc/>
public sealed class ContactRepository(ChatDatabase database) : IContactStore
{
    public Task<IReadOnlyList<ContactRow>?> AddAsync(
        long userId, IReadOnlyCollection<long> contactUserIds, string? name, int maxContacts, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new { UserId = userId, ContactUserIds = contactUserIds, Name = name, Now = now };
                // The owner's row makes two calls of one person wait for each other: each would count without the other.
                await connection.ExecuteScalarAsync<long?>(LockOwnerSql, parameters, transaction);
                var others = await connection.ExecuteScalarAsync<long>(CountOthersSql, parameters, transaction);
                if (others + contactUserIds.Count > maxContacts) return null;
                await connection.ExecuteAsync(AddSql, parameters, transaction);
                return (IReadOnlyList<ContactRow>?)(await connection.QueryAsync<ContactRow>(GetSql, parameters, transaction)).AsList();
            },
            cancellationToken);

    private const string LockOwnerSql = "SELECT user_id FROM users WHERE user_id = @UserId FOR UPDATE";

    private const string CountOthersSql = "SELECT COUNT(*) FROM contacts WHERE user_id = @UserId AND contact_user_id NOT IN @ContactUserIds";

    private const string AddSql = """
        INSERT INTO contacts (user_id, contact_user_id, contact_name, created_at)
        SELECT @UserId, u.user_id, @Name, @Now
        FROM users u
        WHERE u.user_id IN @ContactUserIds AND u.deleted_at IS NULL
        ON DUPLICATE KEY UPDATE contact_name = COALESCE(VALUES(contact_name), contact_name)
        """;

    private const string Contacts = """
        SELECT c.contact_user_id AS user_id, c.contact_name, c.created_at, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, u.phone_number
        FROM contacts c
        JOIN users u ON u.user_id = c.contact_user_id
        WHERE c.user_id = @UserId
        """;

    private const string GetSql = $"""
        {Contacts} AND c.contact_user_id IN @ContactUserIds
        ORDER BY c.contact_user_id
        """;

    public Task<ContactRow?> RenameAsync(long userId, long contactUserId, string? name, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new { UserId = userId, ContactUserId = contactUserId, ContactUserIds = new[] { contactUserId }, Name = name };
                await connection.ExecuteAsync(RenameSql, parameters, transaction);
                return await connection.QuerySingleOrDefaultAsync<ContactRow?>(GetSql, parameters, transaction);
            },
            cancellationToken);

    private const string RenameSql = """
        UPDATE contacts SET contact_name = @Name WHERE user_id = @UserId AND contact_user_id = @ContactUserId
        """;

    public Task<bool> RemoveAsync(long userId, long contactUserId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection => await connection.ExecuteAsync(RemoveSql, new { UserId = userId, ContactUserId = contactUserId }) > 0, cancellationToken);

    private const string RemoveSql = "DELETE FROM contacts WHERE user_id = @UserId AND contact_user_id = @ContactUserId";

    public Task<IReadOnlyList<ContactRow>> ListAsync(long userId, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<ContactRow>>(
            async connection => (await connection.QueryAsync<ContactRow>(
                ListSql, new { UserId = userId, AfterUserId = afterUserId, Limit = limit })).AsList(),
            cancellationToken);

    private const string ListSql = $"""
        {Contacts} AND c.contact_user_id > @AfterUserId
        ORDER BY c.contact_user_id
        LIMIT @Limit
        """;

    public Task<bool> TakeLookupsAsync(long userId, DateTime day, int numbers, int maxPerDay, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new { UserId = userId, Day = day.Date, Numbers = numbers, MaxPerDay = maxPerDay };
                await connection.ExecuteAsync(BeginDaySql, parameters, transaction);
                return await connection.ExecuteAsync(TakeSql, parameters, transaction) > 0;
            },
            cancellationToken);

    private const string BeginDaySql = """
        INSERT INTO phone_lookups (user_id, day, numbers) VALUES (@UserId, @Day, 0) ON DUPLICATE KEY UPDATE numbers = numbers
        """;

    private const string TakeSql = """
        UPDATE phone_lookups SET numbers = numbers + @Numbers WHERE user_id = @UserId AND day = @Day AND numbers + @Numbers <= @MaxPerDay
        """;

    public Task<IReadOnlyList<long>> FindByPhoneAsync(IReadOnlyCollection<string> phoneNumbers, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<long>>(
            async connection => (await connection.QueryAsync<long>(FindByPhoneSql, new { PhoneNumbers = phoneNumbers })).AsList(), cancellationToken);

    private const string FindByPhoneSql = "SELECT user_id FROM users WHERE phone_number IN @PhoneNumbers AND deleted_at IS NULL";

    private const string PurgeLookupsSql = "DELETE FROM phone_lookups WHERE day < @Before LIMIT 1000";

    /// <summary>Deletes counts of past days, up to a thousand a call; returns how many rows went.</summary>
    public Task<int> PurgeLookupsAsync(DateTime before, CancellationToken cancellationToken) =>
        database.QueryAsync(connection => connection.ExecuteAsync(PurgeLookupsSql, new { Before = before.Date }), cancellationToken);
}

using System.Collections.Frozen;
using Dapper;

namespace Chat.Data.Settings;

/// <inheritdoc/>
public sealed class PrivacyRepository(ChatDatabase database) : IPrivacyReader
{
    public Task<IReadOnlyList<PersonPrivacy>> ListAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<PersonPrivacy>>(
            async connection =>
            {
                await using var results = await connection.QueryMultipleAsync(ListSql, new { UserIds = userIds });
                var settings = (await results.ReadAsync<SettingsRow>()).ToDictionary(row => row.UserId);
                var contacts = (await results.ReadAsync<PairRow>()).ToLookup(row => row.UserId, row => row.OtherUserId);
                var exceptions = (await results.ReadAsync<ExceptionRow>()).ToLookup(row => row.UserId);
                var blocked = (await results.ReadAsync<PairRow>()).ToLookup(row => row.UserId, row => row.OtherUserId);
                return
                [
                    .. userIds.Select(id => Of(
                        settings.GetValueOrDefault(id) ?? new SettingsRow(id, "everyone", "everyone", "everyone", "everyone", true),
                        contacts[id], exceptions[id], blocked[id])),
                ];
            },
            cancellationToken);

    // Contacts are read only of those who make a difference between them and others. Each part is a range of a primary key.
    private const string ListSql = """
        SELECT user_id, last_seen_audience, picture_audience, status_audience, groups_audience, read_receipts
        FROM user_settings WHERE user_id IN @UserIds;
        SELECT c.user_id, c.contact_user_id AS other_user_id
        FROM user_settings s
        JOIN contacts c ON c.user_id = s.user_id
        WHERE s.user_id IN @UserIds
          AND (s.last_seen_audience IN ('contacts', 'contacts_except') OR s.picture_audience IN ('contacts', 'contacts_except')
            OR s.status_audience IN ('contacts', 'contacts_except') OR s.groups_audience IN ('contacts', 'contacts_except'));
        SELECT user_id, setting, excepted_user_id FROM privacy_exceptions WHERE user_id IN @UserIds;
        SELECT user_id, blocked_user_id AS other_user_id FROM blocks WHERE user_id IN @UserIds
        """;

    private static PersonPrivacy Of(
        SettingsRow row, IEnumerable<long> contacts, IEnumerable<ExceptionRow> exceptions, IEnumerable<long> blocked) => new(
        row.UserId, Read(row.LastSeenAudience), Read(row.PictureAudience), Read(row.StatusAudience), Read(row.GroupsAudience), row.ReadReceipts,
        contacts.ToFrozenSet(),
        exceptions.Select(e => (SettingNames.ReadSetting(e.Setting)!.Value, e.ExceptedUserId)).ToFrozenSet(),
        blocked.ToFrozenSet());

    private static Audience Read(string name) => SettingNames.ReadAudience(name)!.Value;

    private sealed record SettingsRow(
        long UserId, string LastSeenAudience, string PictureAudience, string StatusAudience, string GroupsAudience, bool ReadReceipts);

    private sealed record PairRow(long UserId, long OtherUserId);

    private sealed record ExceptionRow(long UserId, string Setting, long ExceptedUserId);
}

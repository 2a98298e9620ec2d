using Chat.Data.Groups;
using Dapper;

namespace Chat.Data.Bans;

/// <summary>What every way into a chat asks, under the lock of its row.</summary>
internal static class BannedUsers
{
    /// <returns>Those of the users who may not come in.</returns>
    public static async Task<IReadOnlyList<long>> FindAsync(GroupTransaction group, IReadOnlyList<long> userIds) =>
        (await group.Connection.QueryAsync<long>(FindSql, new { group.ChatId, UserIds = userIds }, group.Transaction)).AsList();

    private const string FindSql = "SELECT user_id FROM chat_bans WHERE chat_id = @ChatId AND user_id IN @UserIds";
}

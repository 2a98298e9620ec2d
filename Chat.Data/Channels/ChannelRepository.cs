using System.Data.Common;
using Chat.Data.Bans;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Channels;

/// <summary>
/// Channels. No statement here grows with the number of a channel's readers: they are counted by <c>chats.subscriber_count</c>, and each is
/// found by the key. Readers come and go under the lock of the chat's row but not in its append lane: they are no change of what a post is
/// checked against, and a lane that many of them pass would keep messages waiting. What staff do to somebody goes through the lane as in a group.
/// </summary>
public sealed class ChannelRepository(ChatDatabase database, MessageAppender appender, TimeProvider time) : IChannelStore
{
    public const string UsernameKey = "uq_chats_username";

    private readonly GroupChanges _changes = new(appender, time);

    public async Task<(GroupChange Change, MessageRow? Message)> CreateAsync(
        long ownerId, Guid creationKey, NewChannel channel, CancellationToken cancellationToken)
    {
        var key = creationKey.ToByteArray(bigEndian: true);
        if (await FindCreatedAsync(ownerId, key, cancellationToken) is { } found) return (found, null);
        try
        {
            var made = await database.InTransactionAsync(
                (connection, transaction) => CreateAsync(connection, transaction, ownerId, key, channel), cancellationToken);
            return (made.Answer, made.Messages.Single());
        }
        catch (Exception exception) when (exception.IsDuplicateKey("uq_chats_creation_key"))
        {
            return ((await FindCreatedAsync(ownerId, key, cancellationToken))!, null);
        }
        catch (Exception exception) when (exception.IsDuplicateKey(UsernameKey))
        {
            // A repeat that came while the first was at work finds the name taken by its own channel.
            return (await FindCreatedAsync(ownerId, key, cancellationToken) ?? GroupChange.Refused(GroupOutcome.NameTaken, 0), null);
        }
    }

    private Task<GroupChange?> FindCreatedAsync(long ownerId, byte[] key, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var chatId = await connection.ExecuteScalarAsync<long?>(FindCreatedSql, new { OwnerId = ownerId, Key = key });
            return chatId is { } id ? new GroupChange(GroupOutcome.Unchanged, id, null, []) : null;
        }, cancellationToken);

    private const string FindCreatedSql = "SELECT chat_id FROM chats WHERE created_by = @OwnerId AND creation_key = @Key";

    private async Task<Change<GroupChange>> CreateAsync(
        DbConnection connection, DbTransaction transaction, long ownerId, byte[] key, NewChannel channel)
    {
        var row = new
        {
            channel.Title, channel.Description, channel.Username, channel.Signatures,
            OwnerId = ownerId, Key = key, _changes.Now, Defaults = (int)ChatRights.ChannelReaders,
        };
        var chatId = await connection.InsertAsync(new CommandDefinition(CreateSql, row, transaction));
        var locked = (await GroupTransaction.LockAsync(connection, transaction, chatId, _changes.Now))!;
        await locked.JoinAsync([ownerId], "owner");
        await locked.RecordAsync(ownerId, new SystemBody("channel_created", [], channel.Title));
        return await locked.FinishAsync([ownerId]);
    }

    private const string CreateSql = """
        INSERT INTO chats (chat_type, chat_name, description, username, signatures, default_permissions, created_by, creation_key, created_at)
        VALUES ('channel', @Title, @Description, @Username, @Signatures, @Defaults, @OwnerId, @Key, @Now)
        """;

    public async Task<GroupChange> UpdateAsync(long chatId, long actorId, string? username, bool? signatures)
    {
        try
        {
            return await _changes.RunAsync(chatId, actorId, ChatAction.ChangeInfo, leaving: [], async (channel, _) =>
            {
                if (!channel.IsChannel) return GroupChanges.Refused(GroupOutcome.NotFound, chatId);
                var newName = username is null ? channel.Username : username.Length == 0 ? null : username;
                var newSignatures = signatures ?? channel.IsSigned;
                if (newName == channel.Username && newSignatures == channel.IsSigned) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
                await channel.SetChannelAsync(newName, newSignatures);
                return await channel.FinishAsync([actorId]);
            });
        }
        catch (Exception exception) when (exception.IsDuplicateKey(UsernameKey))
        {
            return GroupChange.Refused(GroupOutcome.NameTaken, chatId);
        }
    }

    public Task<PublicChannelRow?> FindPublicAsync(string username, long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<PublicChannelRow?>(FindPublicSql, new { Username = username, UserId = userId }), cancellationToken);

    private const string FindPublicSql = """
        SELECT c.chat_id, c.chat_name, c.description, c.username, c.subscriber_count, c.picture_media_id, me.user_id AS my_user_id
        FROM chats c
        LEFT JOIN chat_participants me ON me.chat_id = c.chat_id AND me.user_id = @UserId AND me.left_at IS NULL
        WHERE c.username = @Username
        """;

    public Task<GroupChange> JoinAsync(long chatId, long userId) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            var channel = await GroupTransaction.LockAsync(connection, transaction, chatId, _changes.Now);
            if (channel is null || !channel.IsChannel) return GroupChange.Refused(GroupOutcome.NotFound, chatId);
            if (await channel.MemberAsync(userId) is not null) return GroupChange.Refused(GroupOutcome.Unchanged, chatId);
            if (channel.Username is null) return GroupChange.Refused(GroupOutcome.NotFound, chatId);
            if (await BannedUsers.FindAsync(channel, [userId]) is { Count: > 0 } banned) return GroupChange.Refused(GroupOutcome.Banned, chatId, banned);
            await channel.JoinAsync([userId], "member");
            return (await channel.FinishAsync([userId])).Answer;
        }, CancellationToken.None);

    public Task<GroupChange> LeaveAsync(long chatId, long userId) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            var channel = await GroupTransaction.LockAsync(connection, transaction, chatId, _changes.Now);
            var reader = channel is { IsChannel: true } ? await channel.MemberAsync(userId) : null;
            if (reader is null) return GroupChange.Refused(GroupOutcome.NotFound, chatId);
            if (reader.Role != "member") return GroupChange.Refused(GroupOutcome.Forbidden, chatId);
            await channel!.LeaveAsync(reader);
            return (await channel.FinishAsync([userId])).Answer;
        }, CancellationToken.None);

    public Task<IReadOnlyList<MessageRow>?> PreviewAsync(long chatId, long beforeMessageId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<MessageRow>?>(async connection =>
        {
            var asked = new { ChatId = chatId, Before = beforeMessageId, Limit = limit };
            if (await connection.ExecuteScalarAsync<long?>(IsPublicSql, asked) is null) return null;
            var rows = (await connection.QueryAsync<MessageRow>(PreviewSql, asked)).AsList();
            rows.Reverse();
            return (await PostViews.FindAsync(connection, rows)).On(rows);
        }, cancellationToken);

    private const string IsPublicSql = "SELECT chat_id FROM chats WHERE chat_id = @ChatId AND chat_type = 'channel' AND username IS NOT NULL";

    // Whether it is public is asked once more: it may have become private in between.
    private const string PreviewSql = $"""
        SELECT {MessageColumns.OfM}
        FROM chats c
        JOIN messages m ON m.chat_id = c.chat_id
        WHERE c.chat_id = @ChatId AND c.username IS NOT NULL AND m.message_id < @Before AND {MessageColumns.NotExpired}
        ORDER BY m.message_id DESC
        LIMIT @Limit
        """;
}

using System.Data.Common;
using Chat.Data.Groups;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>Somebody in a chat, as the transaction finds them under the chat's lock.</summary>
/// <param name="ChatType"><c>direct</c>, <c>group</c> or <c>channel</c>.</param>
/// <param name="Role"><c>owner</c>, <c>admin</c> or <c>member</c>.</param>
internal sealed record Actor(long UserId, string ChatType, string Role, ChatPermissions Permissions, long VisibleFrom, long LastHideId)
{
    public bool IsInChannel => ChatType == "channel";

    /// <summary>Who did it, for everybody to see: in a channel nobody is told.</summary>
    public long ShownId => IsInChannel ? 0 : UserId;

    /// <summary>
    /// Nobody in particular, who sees everything and has no rights to ask for: what the server does by itself, or for one of its admins.
    /// </summary>
    public static Actor TheServer(string chatType) => new(0, chatType, "", ChatPermissions.None, VisibleFrom: 0, LastHideId: 0);

    public bool May(ChatAction action) => ChatRights.MayDo(action, ChatType, Role, Permissions);
}

/// <summary>
/// Changes of one chat's messages, under the lock of the chat's row: nobody else changes or sends there until the commit, so that
/// the changes are numbered in the order of their commits. Runs in the chat's append lane.
/// </summary>
internal sealed class MessageTransaction
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly Head _head;
    private readonly List<MessageChange> _changes = [];
    private readonly List<MessageRow> _messages = [];
    private IReadOnlyList<long> _people = [];
    private HashSet<long> _ownPosts = [];
    private int _recorded;

    private MessageTransaction(DbConnection connection, DbTransaction transaction, Head head, Actor actor, DateTime now) =>
        (_connection, _transaction, _head, Actor, Now) = (connection, transaction, head, actor, now);

    public Actor Actor { get; }

    /// <summary>With the microseconds that are stored.</summary>
    public DateTime Now { get; }

    public long ChatId => _head.ChatId;

    /// <summary>The number that the next change gets.</summary>
    private long NextChangeId => _head.LastChangeId + _recorded + 1;

    /// <summary>What the <c>LastChangeId</c> of a message becomes when it is the next one to change.</summary>
    public long NextChangeIdOf(MessageRow message) =>
        WithheldMessages.IsMarked(message.Body) ? WithheldChanges.NumberAfter(message) : NextChangeId;

    /// <param name="actorId">Null for the server.</param>
    /// <returns>Null when there is no such chat, or the actor is not in it.</returns>
    public static async Task<MessageTransaction?> LockAsync(
        DbConnection connection, DbTransaction transaction, long chatId, long? actorId, DateTime now)
    {
        var head = await connection.QuerySingleOrDefaultAsync<Head>(LockSql, new { ChatId = chatId }, transaction);
        if (head is null) return null;
        var actor = actorId is { } userId ? await FindActorAsync(connection, transaction, head, userId) : Actor.TheServer(head.ChatType);
        return actor is null
            ? null
            : new MessageTransaction(connection, transaction, head, actor, now.ToStored());
    }

    private static async Task<Actor?> FindActorAsync(DbConnection connection, DbTransaction transaction, Head head, long actorId)
    {
        var present = await connection.QuerySingleOrDefaultAsync<PresentRow>(
            ActorSql, new { head.ChatId, UserId = actorId }, transaction);
        if (present is null) return null;
        var permissions = ChatRights.Of(
            head.ChatType, (ChatPermissions)head.DefaultPermissions, present.Role, (ChatPermissions?)present.Allowed);
        return new Actor(actorId, head.ChatType, present.Role, permissions, present.VisibleFrom, present.LastHideId);
    }

    private const string LockSql = """
        SELECT chat_id, chat_type, default_permissions, last_message_id, last_change_id FROM chats WHERE chat_id = @ChatId FOR UPDATE
        """;

    // Locking reads: on MariaDB a snapshot taken before the lock was granted would show the chat as it was before.
    private const string ActorSql = """
        SELECT p.role, rights.allowed, p.visible_from, p.last_hide_id
        FROM chat_participants p
        LEFT JOIN permissions rights ON rights.chat_id = p.chat_id AND rights.user_id = p.user_id
        WHERE p.chat_id = @ChatId AND p.user_id = @UserId AND p.left_at IS NULL
        FOR UPDATE
        """;

    /// <returns>Those of the messages that the actor sees, ascending.</returns>
    public async Task<IReadOnlyList<MessageRow>> FindAsync(IReadOnlyList<long> messageIds)
    {
        if (Actor.IsInChannel) _ownPosts = [.. await ListAsync<long>(OwnPostsSql, new { ChatId, MessageIds = messageIds, Actor.UserId })];
        return await ListAsync<MessageRow>(FindSql, new { ChatId, MessageIds = messageIds, Actor.UserId, Actor.VisibleFrom });
    }

    private const string OwnPostsSql = """
        SELECT message_id FROM channel_posts WHERE chat_id = @ChatId AND message_id IN @MessageIds AND author_id = @UserId
        """;

    private const string FindSql = $"""
        SELECT {MessageColumns.OfM}
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id IN @MessageIds AND m.message_id >= @VisibleFrom AND {MessageColumns.NotHiddenFromUser}
        ORDER BY m.message_id
        FOR UPDATE
        """;

    /// <summary>Whether the actor wrote a message that was found.</summary>
    public bool IsOwn(MessageRow message) => Actor.IsInChannel ? _ownPosts.Contains(message.MessageId) : message.SenderId == Actor.UserId;

    /// <summary>
    /// Whether one of the two people of a direct chat blocks the other, so that nothing may pass between them. Nobody can change that before
    /// the commit: a block writes the chat's row as well.
    /// </summary>
    public async Task<bool> IsBlockedAsync() =>
        Actor.ChatType == "direct" && (await ListAsync<long>(BlockersSql, new { ChatId })).Count > 0;

    // A locking read, as above.
    private const string BlockersSql = """
        SELECT b.user_id
        FROM chat_participants p
        JOIN chat_participants o ON o.chat_id = p.chat_id AND o.user_id <> p.user_id
        JOIN blocks b ON b.user_id = p.user_id AND b.blocked_user_id = o.user_id
        WHERE p.chat_id = @ChatId
        LOCK IN SHARE MODE
        """;

    /// <summary>Messages, by the parameters that <see cref="ExecuteAsync"/> knows; to be read under a lock.</summary>
    public async Task<IReadOnlyList<MessageRow>> ListMessagesAsync(string sql, object more) =>
        (await _connection.QueryAsync<MessageRow>(sql, Parameters(more), _transaction)).AsList();

    /// <summary>One value, by the parameters that <see cref="ExecuteAsync"/> knows; to be read under a lock.</summary>
    public Task<T?> ScalarAsync<T>(string sql, object more) => _connection.ExecuteScalarAsync<T>(sql, Parameters(more), _transaction);

    /// <summary>Rows, by the same parameters; to be read under a lock.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object more) =>
        (await _connection.QueryAsync<T>(sql, Parameters(more), _transaction)).AsList();

    /// <summary>Any statement about messages; <c>@ChatId</c>, <c>@ActorId</c>, <c>@Now</c> and <c>@ChangeId</c> are known to it.</summary>
    /// <param name="more">What else it needs, <c>@MessageIds</c> as a rule.</param>
    public Task<int> ExecuteAsync(string sql, object more) => _connection.ExecuteAsync(sql, Parameters(more), _transaction);

    private DynamicParameters Parameters(object more)
    {
        var parameters = new DynamicParameters(more);
        parameters.AddDynamicParams(new { ChatId, ActorId = Actor.UserId, Now, ChangeId = NextChangeId });
        return parameters;
    }

    /// <summary>Numbers changes, after the statements that made them. Those of withheld messages are numbered apart (<see cref="WithheldChanges"/>).</summary>
    /// <param name="after">The messages as they are now, ascending, at least one; their <c>LastChangeId</c> is set here.</param>
    public async Task<RecordedChanges> RecordAsync(string kind, params IReadOnlyList<MessageRow> after)
    {
        var withheld = after.Where(message => WithheldMessages.IsMarked(message.Body)).ToList();
        if (withheld.Count == 0) return new RecordedChanges(await CountAsync(kind, after), null);
        var shown = after.Except(withheld).ToList();
        long? changeId = shown.Count > 0 ? await CountAsync(kind, shown) : null;
        var changes = await new WithheldChanges(_connection, _transaction, ChatId, Now).RecordAsync(kind, Actor.ShownId, withheld);
        _changes.AddRange(changes);
        return new RecordedChanges(changeId, changes[^1].HideId);
    }

    /// <returns>The last number.</returns>
    private async Task<long> CountAsync(string kind, IReadOnlyList<MessageRow> after)
    {
        var messageIds = after.Select(message => message.MessageId).ToList();
        await ExecuteAsync(RecordSql, new { MessageIds = messageIds, Kind = kind });
        await ExecuteAsync(TouchSql, new { MessageIds = messageIds });
        var (present, unseeing) = await AudienceAsync(messageIds);
        foreach (var message in after)
        {
            var without = unseeing[message.MessageId].ToList();
            var audience = new ChangeAudience(_head.ChatType == "direct" || without.Count > 0 ? present : [], without);
            var changeId = NextChangeId;
            _changes.Add(new MessageChange(ChatId, changeId, kind, Actor.ShownId, message with { LastChangeId = changeId }, audience));
            _recorded++;
        }
        return NextChangeId - 1;
    }

    /// <summary>The same of one message, with what the actor's own devices must know.</summary>
    public async Task<RecordedChanges> RecordAsync(string kind, MessageRow after, ActorsPart part)
    {
        var recorded = await RecordAsync(kind, after);
        _changes[^1] = _changes[^1] with { Part = part, UntoldActorId = Actor.IsInChannel || part.IsAnonymous ? Actor.UserId : null };
        return recorded;
    }

    // One after another, by message; @ChangeId is the first.
    private const string RecordSql = """
        INSERT INTO message_changes (chat_id, change_id, message_id, change_kind, actor_id, changed_at)
        SELECT m.chat_id, @ChangeId - 1 + ROW_NUMBER() OVER (ORDER BY m.message_id), m.message_id, @Kind, @ActorId, @Now
        FROM messages m
        WHERE m.chat_id = @ChatId AND m.message_id IN @MessageIds
        """;

    private const string TouchSql = """
        UPDATE message_changes c
        JOIN messages m ON m.chat_id = c.chat_id AND m.message_id = c.message_id
        SET m.last_change_id = c.change_id
        WHERE c.chat_id = @ChatId AND c.change_id >= @ChangeId AND m.message_id IN @MessageIds
        """;

    /// <summary>Appends a system message of the actor, with the chat's next id.</summary>
    /// <returns>The id.</returns>
    public async Task<long> PostAsync(SystemBody body)
    {
        var row = await SystemMessages.InsertAsync(_connection, _transaction, ChatId, LastMessageId + 1, Actor.ShownId, body, Now);
        _messages.Add(row);
        if (_head.ChatType == "direct") _people = await ListAsync<long>(PresentSql, new { ChatId });
        return row.MessageId;
    }

    private long LastMessageId => _head.LastMessageId + _messages.Count;

    /// <summary>Moves the chat's counters. To be called last.</summary>
    public async Task<Change<T>> FinishAsync<T>(T answer)
    {
        if (_recorded > 0)
            await _connection.ExecuteAsync(CountChangesSql, new { ChatId, LastChangeId = NextChangeId - 1 }, _transaction);
        if (_messages.Count > 0)
            await _connection.ExecuteAsync(MoveHeadSql, new { ChatId, LastMessageId, Now }, _transaction);
        return new Change<T>(answer, _messages, []) { Changes = _changes, People = _people };
    }

    private const string CountChangesSql = "UPDATE chats SET last_change_id = @LastChangeId WHERE chat_id = @ChatId";

    private const string MoveHeadSql = "UPDATE chats SET last_message_id = @LastMessageId, last_message_at = @Now WHERE chat_id = @ChatId";

    /// <returns>Everybody present, where they must be named; by message, those of them who do not see it: in a channel everybody sees everything.</returns>
    private async Task<(IReadOnlyList<long> Present, ILookup<long, long> Unseeing)> AudienceAsync(IReadOnlyList<long> messageIds)
    {
        if (Actor.IsInChannel) return ([], Array.Empty<UnseeingRow>().ToLookup(row => row.MessageId, row => row.UserId));
        var unseeing = await ListAsync<UnseeingRow>(UnseeingSql, new { ChatId, MessageIds = messageIds });
        var named = _head.ChatType == "direct" || unseeing.Count > 0;
        return (named ? await ListAsync<long>(PresentSql, new { ChatId }) : [], unseeing.ToLookup(row => row.MessageId, row => row.UserId));
    }

    private const string UnseeingSql = """
        SELECT m.message_id, p.user_id
        FROM messages m
        JOIN chat_participants p ON p.chat_id = m.chat_id AND p.left_at IS NULL
        LEFT JOIN hidden_messages h ON h.chat_id = p.chat_id AND h.user_id = p.user_id AND h.message_id = m.message_id
        WHERE m.chat_id = @ChatId AND m.message_id IN @MessageIds AND (p.visible_from > m.message_id OR h.message_id IS NOT NULL)
        """;

    private sealed record UnseeingRow(long MessageId, long UserId);

    private async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object parameters) =>
        (await _connection.QueryAsync<T>(sql, parameters, _transaction)).AsList();

    private const string PresentSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL ORDER BY user_id
        """;

    private sealed record Head(long ChatId, string ChatType, int DefaultPermissions, long LastMessageId, long LastChangeId);

    private sealed record PresentRow(string Role, int? Allowed, long VisibleFrom, long LastHideId);
}

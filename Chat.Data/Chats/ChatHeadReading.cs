using System.Data.Common;
using Chat.Data.Messages;

namespace Chat.Data.Chats;

/// <summary>What the first statement tells of a chat: its head without messages, and what says which of them are wanted.</summary>
/// <param name="LastHiddenId">The last message that is hidden from the reader; 0 for none.</param>
/// <param name="ReadAt">The database's clock, by which messages expire.</param>
internal sealed record ReadHead(ChatHeadRow Row, ChatVersion Version, long LastHiddenId, DateTime ReadAt)
{
    /// <summary>Somebody who has not read more than these has them counted by the database, which need not send them for it.</summary>
    private const int MaxCounted = 20;

    private readonly long _readUpTo = Math.Max(Row.ReadUpTo, Row.VisibleFrom - 1);

    public long ChatId => Row.ChatId;

    /// <summary>Whether the reader may see the chat's last message, if nothing hides it.</summary>
    public bool HasLast => Version.LastMessageId > 0 && Version.LastMessageId >= Row.VisibleFrom;

    private bool HasUnread => _readUpTo < Version.LastMessageId;

    // A channel's posts do not say who wrote them, and what is hidden from the reader is known to the database alone.
    private bool CanBeCounted => Version.LastMessageId - _readUpTo <= MaxCounted && LastHiddenId <= _readUpTo && !(Row.ChatType == "channel" && Row.Role != "member");

    /// <summary>The database is to count what is unread.</summary>
    public bool IsCountedThere => HasUnread && !CanBeCounted;

    /// <summary>The first of the newest messages that are looked at here: the last one, and those to be counted.</summary>
    public long TailFrom => HasUnread && CanBeCounted ? _readUpTo + 1 : Version.LastMessageId;

    public bool HasUnreadMention(long lastMentionId) => HasUnread && lastMentionId > _readUpTo;

    public ReaderPosition Position => new(ChatId, Row.VisibleFrom, Row.ReadUpTo, Version.LastMessageId, Row.ChatType, Row.Role);

    /// <param name="tail">From <see cref="TailFrom"/> on at least.</param>
    public long CountUnread(IReadOnlyList<MessageRow> tail, long userId)
    {
        if (!HasUnread) return 0;
        var count = 0;
        for (var i = tail.Count - 1; i >= 0 && tail[i].MessageId > _readUpTo; i--)
            if (tail[i] is { IsSystem: false, DeletedAt: null } row && row.SenderId != userId && !IsExpired(row)) count++;
        return count;
    }

    /// <summary>The last message, unless it is hidden or has expired.</summary>
    public MessageRow? LastOf(IReadOnlyList<MessageRow> tail) =>
        LastHiddenId != Version.LastMessageId && tail.Count > 0 && tail[^1] is var row && row.MessageId == Version.LastMessageId && !IsExpired(row) ? row : null;

    private bool IsExpired(MessageRow row) => row.ExpiresAt <= ReadAt;
}

/// <summary>The columns of a <see cref="ReadHead"/>, and how they are read.</summary>
internal static class ChatHeadReading
{
    /// <summary>Of <c>page</c>, which names chats of <c>@UserId</c>, each once.</summary>
    // The peer is looked for by a key that is null where there is none: a condition on the chat's type would be asked of each participant.
    // How many rows such a key finds the optimizer cannot know. It guesses so many that it would rather read all users once: FORCE INDEX.
    // Only what one has hidden, or in a direct chat what was withheld, is hidden: elsewhere nobody looks.
    // All joins are look-ups by whole keys, in this order: STRAIGHT_JOIN saves the search for a better one. The others come as one text, since
    // each further value would be a pass of its own over them; of a channel they are not asked for.
    public const string Sql = """
        SELECT STRAIGHT_JOIN c.chat_id, c.chat_type, c.chat_name, c.description, c.picture_media_id, c.created_at, c.last_message_id, c.last_change_id,
          c.last_message_at, c.username, c.signatures, c.subscriber_count, c.default_permissions, c.slow_mode_seconds, c.disappear_seconds,
          me.role, me.silenced_until, me.last_hide_id, me.visible_from, me.delivered_up_to, me.read_up_to, rights.allowed,
          peer.user_id, peer.name, peer.username AS peer_username, peer.status, peer.profile_picture_url, peer.picture_media_id AS peer_picture_media_id,
          own.version, own.muted_until, own.pin_position, own.archived, own.marked_unread, own.draft,
          IF(me.last_hide_id > 0 OR c.chat_type = 'direct', (SELECT h.message_id FROM hidden_messages h FORCE INDEX (PRIMARY)
           WHERE h.chat_id = page.chat_id AND h.user_id = @UserId ORDER BY h.message_id DESC LIMIT 1), NULL) AS last_hidden_id,
          (SELECT CONCAT_WS(':', COUNT(*), MIN(o.delivered_up_to), MIN(o.read_up_to)) FROM chat_participants o FORCE INDEX (PRIMARY)
           WHERE o.chat_id = IF(c.chat_type = 'channel', NULL, page.chat_id) AND o.left_at IS NULL AND o.user_id <> @UserId) AS others,
          UTC_TIMESTAMP(6) AS read_at
        FROM {0} page
        JOIN chats c ON c.chat_id = page.chat_id
        JOIN chat_participants me FORCE INDEX (PRIMARY) ON me.chat_id = page.chat_id AND me.user_id = @UserId AND me.left_at IS NULL
        LEFT JOIN permissions rights ON rights.chat_id = page.chat_id AND rights.user_id = @UserId
        LEFT JOIN chat_participants other FORCE INDEX (PRIMARY) ON other.chat_id = IF(c.chat_type = 'direct', page.chat_id, NULL)
          AND (other.user_id <> @UserId OR c.direct_key = CONCAT(@UserId, ':', @UserId))
        LEFT JOIN users peer FORCE INDEX (PRIMARY) ON peer.user_id = other.user_id
        LEFT JOIN chat_settings own FORCE INDEX (PRIMARY) ON own.user_id = @UserId AND own.chat_id = page.chat_id
        """;

    public static async Task<List<ReadHead>> ReadHeadsAsync(this DbDataReader reader)
    {
        var heads = new List<ReadHead>();
        while (await reader.ReadAsync()) heads.Add(Head(reader));
        return heads;
    }

    private static ReadHead Head(DbDataReader row)
    {
        var version = new ChatVersion(row.GetInt64(6), row.GetInt64(7), row.UtcOrNull(8));
        var (chatType, createdAt, subscribers) = (row.GetString(1), row.Utc(5), row.GetInt32(11));
        var others = Others.Read(row.GetString(35));
        var marks = others.In(chatType, version);
        // What was never set is all empty, the version among it.
        var isSet = !row.IsDBNull(28);
        var head = new ChatHeadRow
        {
            ChatId = row.GetInt64(0), ChatType = chatType, ChatName = row.Text(2), Description = row.Text(3), PictureMediaId = row.Number(4),
            CreatedAt = createdAt, LastActivityAt = version.LastMessageAt ?? createdAt, LastMessageId = version.LastMessageId, LastChangeId = version.LastChangeId,
            Username = row.Text(9), Signatures = row.GetInt32(10) != 0, SubscriberCount = subscribers, DefaultPermissions = row.GetInt32(12),
            SlowModeSeconds = row.GetInt32(13), DisappearSeconds = row.GetInt32(14),
            Role = row.GetString(15), SilencedUntil = row.UtcOrNull(16), LastHideId = row.GetInt64(17),
            VisibleFrom = row.GetInt64(18), DeliveredUpTo = row.GetInt64(19), ReadUpTo = row.GetInt64(20), Allowed = (int?)row.Number(21),
            PeerUserId = row.Number(22), PeerName = row.Text(23), PeerUsername = row.Text(24), PeerStatus = row.Text(25),
            PeerProfilePictureUrl = row.Text(26), PeerPictureMediaId = row.Number(27),
            SettingsVersion = isSet ? row.GetInt64(28) : 0, MutedUntil = row.UtcOrNull(29), PinPosition = (int?)row.Number(30),
            Archived = isSet && row.GetInt32(31) != 0, MarkedUnread = isSet && row.GetInt32(32) != 0, Draft = row.Text(33),
            MemberCount = chatType == "channel" ? subscribers : others.Count + 1, OthersDeliveredUpTo = marks.DeliveredUpTo, OthersReadUpTo = marks.ReadUpTo,
        };
        return new ReadHead(head, version, row.Number(34) ?? 0, row.Utc(36));
    }
}

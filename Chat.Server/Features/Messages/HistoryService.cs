using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Receipts;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <param name="TooLongAfter">A client that lacks more messages, or more changes, than this starts afresh with the latest page.</param>
public sealed record SyncOptions(long TooLongAfter = 10_000);

/// <summary>Reads pages of history, and what a client missed.</summary>
public sealed class HistoryService(IHistoryReader history, SyncOptions options, ReadMarkPrivacy privacy)
{
    private long _syncs;
    private long _tooLong;

    /// <summary>Pages that <see cref="SyncAsync"/> gave since the start.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Those of them that told the client to start afresh.</summary>
    public long TooLongSyncs => Interlocked.Read(ref _tooLong);

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<MessagePage> ListAsync(long userId, ListMessagesRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.DefaultPageSize;
        if (request.AroundMessageId is { } around) return await ListAroundAsync(userId, request.ChatId, around, limit, cancellationToken);

        // One more than asked for tells whether there is more.
        var (anchor, messageId) = request.AfterMessageId is { } after
            ? (HistoryAnchor.After, after)
            : (HistoryAnchor.Before, request.BeforeMessageId ?? long.MaxValue);
        var read = await history.ReadPageAsync(request.ChatId, userId, anchor, messageId, limit + 1, cancellationToken)
            ?? throw ChatException.ChatNotFound();
        var rows = read.Messages;
        var hasMore = rows.Count > limit;
        if (anchor is HistoryAnchor.After)
        {
            rows = hasMore ? [.. rows.Take(limit)] : rows;
            var hasOlder = messageId >= read.Position.VisibleFrom && read.Position.LastMessageId > 0;
            return new MessagePage(request.ChatId, rows.ToViews(), hasOlder, hasMore);
        }
        rows = hasMore ? [.. rows.Skip(1)] : rows;
        return new MessagePage(request.ChatId, rows.ToViews(), hasMore, HasNewer: Math.Max(messageId, 1) <= read.Position.LastMessageId);
    }

    private async Task<MessagePage> ListAroundAsync(long userId, long chatId, long messageId, int limit, CancellationToken cancellationToken)
    {
        // Half of the page is older (the message itself among it), half newer.
        var older = (limit + 1) / 2;
        var newer = limit - older;
        var read = await history.ReadAroundAsync(chatId, userId, messageId, older + 1, newer + 1, cancellationToken)
            ?? throw ChatException.ChatNotFound();
        var before = read.Older.Count > older ? read.Older.Skip(1) : read.Older;
        IReadOnlyList<MessageRow> rows = [.. before, .. read.Newer.Take(newer)];
        return new MessagePage(chatId, rows.ToViews(), read.Older.Count > older, read.Newer.Count > newer);
    }

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<SyncChatResult> SyncAsync(long userId, SyncChatRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.PageSize;
        var after = request.AfterMessageId;
        var marks = new SyncMarks(request.AfterChangeId, request.AfterHideId);
        var page = await history.SyncAsync(request.ChatId, userId, after, marks, limit, cancellationToken)
            ?? throw ChatException.ChatNotFound();
        var position = page.Position;
        Interlocked.Increment(ref _syncs);
        if (IsTooLong(after, marks, position)) return await StartAfreshAsync(userId, request.ChatId, limit, cancellationToken);

        var hasMore = page.Messages.Count > limit;
        IReadOnlyList<MessageRow> rows = hasMore ? [.. page.Messages.Take(limit)] : page.Messages;
        var lastMessageId = Math.Max(position.LastMessageId, rows.Count > 0 ? rows[^1].MessageId : 0);
        // The position was read before the messages: without more of them, they account for all up to its last id.
        var upTo = hasMore ? rows[^1].MessageId : Math.Max(after, lastMessageId);
        var (upToChange, upToHide) = (page.UpTo.Changes ?? 0, page.UpTo.Hidings ?? 0);
        hasMore |= upToChange < position.LastChangeId || upToHide < position.LastHideId;
        return new SyncChatResult(
            request.ChatId, rows.ToViews(), Math.Min(upTo, lastMessageId), lastMessageId, hasMore, TooLong: false,
            await ViewAsync(request.ChatId, position, cancellationToken),
            page.Changed.ToViews(), upToChange, position.LastChangeId, page.Hidden, upToHide, position.VisibleFrom);
    }

    private bool IsTooLong(long after, SyncMarks marks, ChatPosition position)
    {
        // What lies before a client's first visible message is not missing.
        var messages = position.LastMessageId - Math.Max(after, position.VisibleFrom - 1);
        var changes = position.LastChangeId - (marks.Changes ?? position.LastChangeId);
        return messages > options.TooLongAfter || changes > options.TooLongAfter;
    }

    private async Task<SyncChatResult> StartAfreshAsync(long userId, long chatId, int limit, CancellationToken cancellationToken)
    {
        var (position, messages) = await history.ReadAsync(chatId, userId, HistoryAnchor.Before, long.MaxValue, limit, cancellationToken)
            ?? throw ChatException.ChatNotFound();
        Interlocked.Increment(ref _tooLong);
        var last = Math.Max(position.LastMessageId, messages.Count > 0 ? messages[^1].MessageId : 0);
        return new SyncChatResult(
            chatId, messages.ToViews(), last, last, HasMore: false, TooLong: true, await ViewAsync(chatId, position, cancellationToken),
            [], position.LastChangeId, position.LastChangeId, [], position.LastHideId, position.VisibleFrom);
    }

    private async Task<WatermarksView> ViewAsync(long chatId, ChatPosition position, CancellationToken cancellationToken)
    {
        var marks = position.ToView();
        // Elsewhere they are shown always, and the roster, which nobody may have asked for yet, need not be read.
        if (!position.IsDirect) return marks;
        return await privacy.AreSharedAsync(chatId, cancellationToken) ? marks : marks with { OthersReadUpTo = 0 };
    }
}

using Chat.Data.Chats;
using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Features.Privacy;
using Chat.Server.Features.Receipts;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Chats;

/// <summary>Opens direct chats, reads heads, lists and participants.</summary>
public sealed class ChatService(
    IDirectChatStore directChats, IChatHeadReader heads, IParticipantReader participants, PrivacyService privacy, ReadMarkPrivacy readMarks,
    IRightsReader rights, TimeProvider time)
{
    // Several devices of one person that come back at once, or one that asks again and again, cost two reads and not as many as they ask.
    private readonly SharedReads<(long UserId, int Limit), ChatPage> _firstPages = new();

    /// <exception cref="ChatException"><c>not_found</c>: no such user.</exception>
    public async Task<ChatView> OpenDirectChatAsync(long userId, long otherUserId, CancellationToken cancellationToken)
    {
        if (userId == otherUserId) throw ChatException.Invalid("userId", "must be somebody else");
        var chatId = await directChats.OpenAsync(userId, otherUserId, time.GetUtcNow().UtcDateTime, cancellationToken)
            ?? throw ChatException.NotFound("this user");
        return await GetAsync(userId, chatId, cancellationToken);
    }

    /// <summary>The chat that nobody else is in, for whatever one wants to keep.</summary>
    public async Task<ChatView> OpenSavedMessagesAsync(long userId, CancellationToken cancellationToken)
    {
        var chatId = await directChats.OpenAsync(userId, userId, time.GetUtcNow().UtcDateTime, cancellationToken) ?? throw ChatException.NotFound("this user");
        return await GetAsync(userId, chatId, cancellationToken);
    }

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<ChatView> GetAsync(long userId, long chatId, CancellationToken cancellationToken)
    {
        var head = await heads.FindAsync(chatId, userId, cancellationToken) ?? throw ChatException.ChatNotFound();
        return (await ViewAsync(userId, [head], cancellationToken))[0];
    }

    public Task<ChatPage> ListAsync(long userId, ListChatsRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.DefaultPageSize;
        return request.Cursor is { } cursor
            ? ReadPageAsync(userId, ChatListCursor.Read(cursor), limit, cancellationToken)
            : _firstPages.ReadAsync((userId, limit), () => ReadPageAsync(userId, after: null, limit, CancellationToken.None), cancellationToken);
    }

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat; <c>forbidden</c> for readers of a channel.</exception>
    public async Task<ParticipantPage> ListParticipantsAsync(long userId, ListParticipantsRequest request, CancellationToken cancellationToken)
    {
        var mine = await rights.FindAsync(request.ChatId, userId, cancellationToken) ?? throw ChatException.ChatNotFound();
        if (mine.IsReader) throw ChatException.Forbidden("who reads a channel is told to those who run it");
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await participants.ListAsync(request.ChatId, userId, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        // An empty answer is either a page beyond the last one, or a chat that the caller is not in.
        if (rows.Count == 0) await GetAsync(userId, request.ChatId, cancellationToken);
        var views = rows.Take(limit).Select(r => r.ToView()).ToList();
        var users = await privacy.HideAsync(userId, [.. views.Select(view => view.User)], cancellationToken);
        var readIsShown = await readMarks.AreSharedAsync(request.ChatId, cancellationToken);
        var rightsAreShown = mine.MayDo(ChatAction.SilenceMember) || mine.MayDo(ChatAction.SetMemberPermissions);
        return new ParticipantPage(
            request.ChatId,
            [.. views.Zip(users, (view, user) => Shown(view with { User = user }, readIsShown || user.UserId == userId, rightsAreShown || user.UserId == userId))],
            rows.Count > limit);
    }

    private static ParticipantView Shown(ParticipantView view, bool readMark, bool rights) => view with
    {
        ReadUpTo = readMark ? view.ReadUpTo : 0,
        OwnPermissions = rights ? view.OwnPermissions : null,
        SilencedUntil = rights ? view.SilencedUntil : null,
    };

    private async Task<ChatPage> ReadPageAsync(long userId, ChatListPosition? after, int limit, CancellationToken cancellationToken)
    {
        // One more than asked for tells whether there is more.
        var rows = await heads.ListAsync(userId, after, limit + 1, cancellationToken);
        if (rows.Count <= limit) return new ChatPage(await ViewAsync(userId, rows, cancellationToken), NextCursor: null);
        var last = rows[limit - 1];
        return new ChatPage(
            await ViewAsync(userId, [.. rows.Take(limit)], cancellationToken),
            ChatListCursor.Write(new ChatListPosition(last.LastActivityAt, last.ChatId)));
    }

    /// <summary>Heads without what their peers do not show: one read for all of them, at most.</summary>
    private async Task<IReadOnlyList<ChatView>> ViewAsync(long userId, IReadOnlyList<ChatHeadRow> rows, CancellationToken cancellationToken)
    {
        var views = rows.Select(row => row.ToView()).ToList();
        var peers = views.Where(view => view.Peer is not null).Select(view => view.Peer!).ToList();
        if (peers.Count == 0) return views;
        var shown = (await privacy.HideAsync(userId, peers, cancellationToken)).ToDictionary(peer => peer.UserId);
        var sharesRead = await privacy.FindReadSharedAsync(userId, [.. shown.Keys], cancellationToken);
        return
        [
            .. views.Select(view => view.Peer is not { } peer ? view : view with
            {
                Peer = shown[peer.UserId],
                Watermarks = sharesRead.Contains(peer.UserId) ? view.Watermarks : view.Watermarks with { OthersReadUpTo = 0 },
            }),
        ];
    }
}

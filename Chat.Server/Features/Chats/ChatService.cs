using Chat.Data.Chats;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Chats;

/// <summary>Opens direct chats, reads heads, lists and participants.</summary>
public sealed class ChatService(
    IDirectChatStore directChats, IChatHeadReader heads, IParticipantReader participants, TimeProvider time)
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

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<ChatView> GetAsync(long userId, long chatId, CancellationToken cancellationToken)
    {
        var head = await heads.FindAsync(chatId, userId, cancellationToken) ?? throw ChatException.ChatNotFound();
        return head.ToView();
    }

    public Task<ChatPage> ListAsync(long userId, ListChatsRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.DefaultPageSize;
        return request.Cursor is { } cursor
            ? ReadPageAsync(userId, ChatListCursor.Read(cursor), limit, cancellationToken)
            : _firstPages.ReadAsync((userId, limit), () => ReadPageAsync(userId, after: null, limit, CancellationToken.None), cancellationToken);
    }

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<ParticipantPage> ListParticipantsAsync(long userId, ListParticipantsRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await participants.ListAsync(request.ChatId, userId, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        // An empty answer is either a page beyond the last one, or a chat that the caller is not in.
        if (rows.Count == 0) await GetAsync(userId, request.ChatId, cancellationToken);
        return new ParticipantPage(request.ChatId, [.. rows.Take(limit).Select(r => r.ToView())], rows.Count > limit);
    }

    private async Task<ChatPage> ReadPageAsync(long userId, ChatListPosition? after, int limit, CancellationToken cancellationToken)
    {
        // One more than asked for tells whether there is more.
        var rows = await heads.ListAsync(userId, after, limit + 1, cancellationToken);
        if (rows.Count <= limit) return new ChatPage([.. rows.Select(r => r.ToView())], NextCursor: null);
        var last = rows[limit - 1];
        return new ChatPage(
            [.. rows.Take(limit).Select(r => r.ToView())],
            ChatListCursor.Write(new ChatListPosition(last.LastActivityAt, last.ChatId)));
    }
}

using Chat.Data.Messages;
using Chat.Data.Search;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Search;

/// <summary>Finds messages, chats and people for one person. Channels that everybody may join will be a search of their own.</summary>
public sealed class SearchService(ISearchReader messages, INameSearch names, PrivacyService privacy)
{
    private const int DefaultLimit = 20;

    /// <exception cref="ChatException"><c>invalid</c>: no cursor of ours.</exception>
    public async Task<MessageSearchPage> FindMessagesAsync(long userId, SearchMessagesRequest request, CancellationToken cancellationToken)
    {
        var query = Parse(request.Query);
        var before = request.Cursor is null ? null : SearchCursor.Read(request.Cursor);
        var page = await messages.FindAsync(userId, query, before, request.Limit ?? DefaultLimit, cancellationToken);
        return new MessageSearchPage(Hits(query, page.Messages), page.End is null ? null : SearchCursor.Write(page.End));
    }

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<ChatSearchPage> FindInChatAsync(long userId, SearchChatRequest request, CancellationToken cancellationToken)
    {
        var query = Parse(request.Query);
        var page = await messages.FindInChatAsync(
            userId, request.ChatId, query, request.BeforeMessageId ?? long.MaxValue, request.Limit ?? DefaultLimit, cancellationToken)
            ?? throw ChatException.ChatNotFound();
        return new ChatSearchPage(request.ChatId, Hits(query, page.Messages), page.End?.MessageId);
    }

    public async Task<ChatSearchResult> FindChatsAsync(long userId, SearchChatsRequest request, CancellationToken cancellationToken)
    {
        var rows = await names.FindChatsAsync(userId, request.Query.Trim(), request.Limit ?? DefaultLimit, cancellationToken);
        var peers = rows.Where(row => row.PeerUserId is not null)
            .Select(row => new UserView(row.PeerUserId!.Value, row.PeerName!, row.PeerUsername, row.PeerStatus, row.PeerProfilePictureUrl, row.PeerPictureMediaId)).ToList();
        var shown = (await privacy.HideAsync(userId, peers, cancellationToken)).ToDictionary(peer => peer.UserId);
        return new ChatSearchResult([.. rows.Select(row => new ChatHit(
            row.ChatId, row.ChatType, row.ChatName, row.PeerUserId is { } peer ? shown[peer] : null, row.ContactName, row.PictureMediaId))]);
    }

    public async Task<PeopleSearchResult> FindPeopleAsync(long userId, SearchPeopleRequest request, CancellationToken cancellationToken)
    {
        var rows = await names.FindPeopleAsync(userId, request.Query.Trim(), request.Limit ?? DefaultLimit, cancellationToken);
        var users = rows.Select(row => row.ToUser()).ToList();
        var shown = await privacy.HideAsync(userId, users, cancellationToken);
        return new PeopleSearchResult([.. shown.Zip(rows, (user, row) => new PersonHit(user, row.ContactName))]);
    }

    private static SearchQuery Parse(string text) =>
        SearchQuery.Parse(text) ?? throw ChatException.Invalid("query", "must hold a letter or a digit");

    private static IReadOnlyList<MessageHit> Hits(SearchQuery query, IReadOnlyList<MessageRow> rows) =>
        [.. rows.ToViews().Select(view => new MessageHit(
            view, [.. query.FindIn(view.Text ?? "").Select(range => new TextRange(range.Start, range.Length))]))];
}

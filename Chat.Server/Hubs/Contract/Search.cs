using System.Text.Json.Serialization;
using Chat.Data.Search;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>Searches all of your chats, newest first.</summary>
/// <param name="Query">1–100 characters with at least one letter or digit. A message must have every word; the last may be the beginning of one.</param>
/// <param name="Cursor">Of the page before; null for the first one.</param>
/// <param name="Limit">1–100, default 20.</param>
public sealed record SearchMessagesRequest(string Query, string? Cursor = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        SearchTexts.Check(Query);
        Check.OptionalText("cursor", Cursor, 1, 100);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <summary>Searches one chat, newest first.</summary>
/// <param name="Query">As in <see cref="SearchMessagesRequest"/>.</param>
/// <param name="BeforeMessageId">The page's own <c>beforeMessageId</c>, for the next one; null for the first page.</param>
/// <param name="Limit">1–100, default 20.</param>
public sealed record SearchChatRequest(long ChatId, string Query, long? BeforeMessageId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        SearchTexts.Check(Query);
        if (BeforeMessageId is { } before) Check.Position("beforeMessageId", before);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Hits">Newest first; perhaps fewer than asked for, or none, also where there are more.</param>
/// <param name="Cursor">For the next page; null when there is none.</param>
public sealed record MessageSearchPage(IReadOnlyList<MessageHit> Hits, string? Cursor);

/// <param name="Hits">As in <see cref="MessageSearchPage"/>.</param>
/// <param name="BeforeMessageId">For the next page; null when there is none.</param>
public sealed record ChatSearchPage(long ChatId, IReadOnlyList<MessageHit> Hits, long? BeforeMessageId);

/// <param name="Highlights">Where the words stand in the message's text, ascending.</param>
public sealed record MessageHit(MessageView Message, IReadOnlyList<TextRange> Highlights);

/// <param name="Start">In UTF-16 code units, like <paramref name="Length"/>.</param>
public sealed record TextRange(int Start, int Length);

/// <summary>Finds chats of yours by title or by the other person's name.</summary>
/// <param name="Query">1–100 characters; any part of the name.</param>
/// <param name="Limit">1–100, default 20.</param>
public sealed record SearchChatsRequest(string Query, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        SearchTexts.Check(Query);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Chats">Those with the latest messages first.</param>
public sealed record ChatSearchResult(IReadOnlyList<ChatHit> Chats);

/// <param name="Title">Null for a direct chat.</param>
/// <param name="Peer">The other person of a direct chat.</param>
/// <param name="ContactName">Your own name for that person; absent without one.</param>
/// <param name="PictureMediaId">Of a group or channel; absent without one.</param>
public sealed record ChatHit(
    long ChatId, string Type, string? Title, UserView? Peer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContactName = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? PictureMediaId = null);

/// <summary>Finds people whom you know, and who has exactly this username.</summary>
/// <param name="Query">1–100 characters; any part of a name, or the beginning of a username, with or without an @.</param>
/// <param name="Limit">1–100, default 20.</param>
public sealed record SearchPeopleRequest(string Query, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        SearchTexts.Check(Query);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="People">Contacts first, then by name.</param>
public sealed record PeopleSearchResult(IReadOnlyList<PersonHit> People);

/// <param name="ContactName">Your own name for a contact; absent without one.</param>
public sealed record PersonHit(
    UserView User, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContactName = null);

internal static class SearchTexts
{
    /// <exception cref="ChatException"/>
    public static void Check(string? query)
    {
        Validation.Check.Text("query", query, 1, Limits.QueryLength);
        if (!SearchWords.Of(query).Any()) throw ChatException.Invalid("query", "must hold a letter or a digit");
    }
}

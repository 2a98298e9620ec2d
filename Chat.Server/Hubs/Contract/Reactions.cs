using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="Emoji">One emoji, skin tones, flags and joined ones included; absent or null takes your reaction back.</param>
public sealed record SetReactionRequest(long ChatId, long MessageId, string? Emoji = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        if (Emoji is not null) EmojiTexts.Check("emoji", Emoji);
    }
}

/// <param name="Emoji">Only those who reacted with this one; absent or null for all.</param>
/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListReactionsRequest(long ChatId, long MessageId, string? Emoji = null, long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        if (Emoji is not null) EmojiTexts.Check("emoji", Emoji);
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Reactions">Ascending by user id.</param>
public sealed record ReactionPage(long ChatId, long MessageId, IReadOnlyList<ReactionView> Reactions, bool HasMore);

/// <param name="User">Perhaps somebody who has left the chat since.</param>
/// <param name="ReactedAt">UTC.</param>
public sealed record ReactionView(UserView User, string Emoji, DateTime ReactedAt);

/// <summary>How many people reacted to a message with this emoji.</summary>
public sealed record ReactionCountView(string Emoji, int Count);

internal static class EmojiTexts
{
    /// <exception cref="ChatException"/>
    public static void Check(string field, string? value)
    {
        Validation.Check.Text(field, value, 1, Limits.EmojiLength);
        if (!Emoji.IsOne(value)) throw ChatException.Invalid(field, "must be one emoji");
    }
}

using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

public sealed record PinMessageRequest(long ChatId, long MessageId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
    }
}

public sealed record UnpinMessageRequest(long ChatId, long MessageId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
    }
}

public sealed record ListPinnedRequest(long ChatId) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
    }
}

/// <param name="Pinned">All that you may see, at most 100; the one pinned last comes first.</param>
public sealed record PinnedPage(long ChatId, IReadOnlyList<PinnedView> Pinned);

/// <param name="PinnedBy">Perhaps somebody who has left the chat since; 0 in a channel.</param>
/// <param name="PinnedAt">UTC.</param>
public sealed record PinnedView(MessageView Message, long PinnedBy, DateTime PinnedAt);

using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="UpTo">Everything up to and including this message id; at most the chat's last id. Marks that are behind what is stored change nothing.</param>
public sealed record MarkRequest(long ChatId, long UpTo) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("upTo", UpTo);
    }
}

/// <summary>Your own marks after the call. Read implies delivered.</summary>
public sealed record MarkResult(long ChatId, long DeliveredUpTo, long ReadUpTo);

public sealed record GetMessageInfoRequest(long ChatId, long MessageId) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
    }
}

/// <summary>Who has a message; only its sender may ask.</summary>
public sealed record MessageInfo(long ChatId, long MessageId, DateTime SentAt, IReadOnlyList<MessageReceiptView> Receipts);

/// <param name="DeliveredAt">UTC; null while not delivered.</param>
/// <param name="ReadAt">UTC; null while not read.</param>
public sealed record MessageReceiptView(long UserId, DateTime? DeliveredAt, DateTime? ReadAt);

using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Receipts;

/// <summary>The rules of receipts.</summary>
public sealed class ReceiptService(RosterCache rosters, IReceiptWriter writer, IMessageInfoReader messageInfo, ReadMarkPrivacy privacy)
{
    /// <param name="connectionId">Gets the result instead of a push, in direct chats.</param>
    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat; <c>invalid</c> beyond its last message.</exception>
    public async Task<MarkResult> MarkAsync(long userId, string connectionId, MarkRequest request, bool read)
    {
        var position = await rosters.UseAsync(request.ChatId, roster => roster is not null && roster.MayHave(userId)
            ? writer.MarkAsync(new Mark(request.ChatId, userId, request.UpTo, read, connectionId))
            : Task.FromException<MarkedPosition>(ChatException.ChatNotFound()));
        return position.Outcome switch
        {
            MarkOutcome.NotAParticipant => throw ChatException.ChatNotFound(),
            MarkOutcome.BeyondLastMessage => throw ChatException.Invalid("upTo", "is beyond the chat's last message"),
            _ => new MarkResult(request.ChatId, position.DeliveredUpTo, position.ReadUpTo),
        };
    }

    /// <exception cref="ChatException"><c>not_found</c>: no such message for the caller; <c>forbidden</c>: somebody else's.</exception>
    public async Task<MessageInfo> GetMessageInfoAsync(long userId, GetMessageInfoRequest request, CancellationToken cancellationToken)
    {
        var head = await messageInfo.FindAsync(request.ChatId, request.MessageId, userId, cancellationToken)
            ?? throw ChatException.NotFound("this message");
        if (head.SenderId != userId) throw ChatException.Forbidden("only the sender of a message may ask who has it");
        var rows = await messageInfo.ListAsync(request.ChatId, request.MessageId, userId, cancellationToken);
        var readIsShown = await privacy.AreSharedAsync(request.ChatId, cancellationToken);
        if (WithheldMessages.IsMarked(head.Body))
            return new MessageInfo(request.ChatId, request.MessageId, head.SentAt, [.. rows.Select(r => new MessageReceiptView(r.UserId, null, null))]);
        return new MessageInfo(
            request.ChatId, request.MessageId, head.SentAt,
            // Who read a message has it, whatever the order in which the marks came.
            [.. rows.Select(r => new MessageReceiptView(r.UserId, Earlier(r.DeliveredAt, r.ReadAt), readIsShown ? r.ReadAt : null))]);
    }

    private static DateTime? Earlier(DateTime? delivered, DateTime? read) =>
        delivered is null || read < delivered ? read ?? delivered : delivered;
}

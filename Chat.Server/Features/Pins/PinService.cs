using Chat.Data.Messages;
using Chat.Data.Pins;
using Chat.Server.Errors;
using Chat.Server.Features.Messages;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Pins;

/// <summary>Pinned messages. The rules are checked by the store, under the chat's lock.</summary>
public sealed class PinService(IPinStore pins)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.</exception>
    public async Task<MessageChangeResult> PinAsync(long userId, PinMessageRequest request)
    {
        var result = await pins.PinAsync(request.ChatId, userId, request.MessageId, Limits.PinnedMessages);
        if (result.Outcome is ChangeOutcome.TooMany)
            throw ChatException.TooLarge("messageId", $"a chat has at most {Limits.PinnedMessages} pinned messages; unpin one first");
        return Accepted(request.ChatId, request.MessageId, result, "pin");
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>unavailable</c>.</exception>
    public async Task<MessageChangeResult> UnpinAsync(long userId, UnpinMessageRequest request) =>
        Accepted(request.ChatId, request.MessageId, await pins.UnpinAsync(request.ChatId, userId, request.MessageId), "unpin");

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public async Task<PinnedPage> ListAsync(long userId, ListPinnedRequest request, CancellationToken cancellationToken)
    {
        var rows = await pins.ListAsync(request.ChatId, userId, Limits.PinnedMessages, cancellationToken) ?? throw ChatException.ChatNotFound();
        return new PinnedPage(request.ChatId, [.. rows.Select(row => new PinnedView(row.Message.ToView(), row.PinnedBy, row.PinnedAt))]);
    }

    private static MessageChangeResult Accepted(long chatId, long messageId, ChangeResult result, string verb)
    {
        result.Outcome.Accept("messageId", verb);
        return result.Recorded.ToResult(chatId, messageId);
    }
}

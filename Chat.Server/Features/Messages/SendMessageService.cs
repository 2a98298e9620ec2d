using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Messages;

/// <summary>The rules of sending. What runs before the first await keeps the order of a client's sends.</summary>
public sealed class SendMessageService(RosterCache rosters, IMessageAppender appender, TimeProvider time)
{
    /// <summary>Each but the first is due to a block that began or ended while the message was on its way.</summary>
    private const int MaxAttempts = 5;

    /// <param name="connectionId">Gets the result instead of a push.</param>
    /// <exception cref="ChatException">
    /// <c>not_found</c> when the sender is not in the chat; <c>forbidden</c> without the right to send this, or while muted;
    /// <c>rate_limited</c> by slow mode; <c>unavailable</c>.
    /// </exception>
    public async Task<SendMessageResult> SendAsync(long senderId, string connectionId, SendMessageRequest request)
    {
        var result = await rosters.UseAsync(request.ChatId, roster => Append(roster, senderId, connectionId, request));
        for (var again = 1; result.Outcome is AppendOutcome.RosterChanged && again < MaxAttempts; again++)
        {
            rosters.Invalidate(request.ChatId);
            result = await rosters.UseAsync(request.ChatId, roster => Append(roster, senderId, connectionId, request));
        }
        if (result.IsRefused) throw Refused(result);
        return new SendMessageResult(request.ChatId, result.MessageId, result.SentAt, result.Outcome is AppendOutcome.Duplicate, result.Withheld ? true : null);
    }

    private Task<AppendResult> Append(Roster? roster, long senderId, string connectionId, SendMessageRequest request)
    {
        if (roster is null || !roster.Members.TryGetValue(senderId, out var sender)) return Task.FromException<AppendResult>(ChatException.ChatNotFound());
        if (!ChatRights.MayDo(ChatAction.SendText, roster, sender)) return Task.FromResult(new AppendResult(AppendOutcome.Forbidden, 0, default));
        if (sender.MutedUntil is { } until && sender.IsMuted(Now)) return Task.FromResult(new AppendResult(AppendOutcome.Muted, 0, default, until));
        if (roster.IsDirect && sender.BlocksPeer)
            return Task.FromException<AppendResult>(ChatException.Forbidden("you block this person: unblock first"));
        var message = new NewMessage(roster, senderId, request.ClientMessageId, request.Text, connectionId);
        return appender.AppendAsync(roster.PeerWhoBlocks(senderId) is { } peerId ? message.WithheldFrom(peerId) : message);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private ChatException Refused(AppendResult result) => result.Outcome switch
    {
        AppendOutcome.Forbidden => ChatException.Forbidden("you may not send this here"),
        AppendOutcome.Muted => ChatException.Forbidden($"you may not send here before {result.NotBefore:yyyy-MM-ddTHH:mm:ssZ}"),
        AppendOutcome.TooSoon => ChatException.RateLimited("this chat has slow mode", result.NotBefore - Now),
        AppendOutcome.RosterChanged => ChatException.Unavailable("the chat is being changed, try again"),
        _ => ChatException.ChatNotFound(),
    };
}

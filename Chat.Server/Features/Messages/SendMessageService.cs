using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Messages;

/// <summary>The rules of sending. What runs before the first await keeps the order of a client's sends.</summary>
public sealed class SendMessageService(RosterCache rosters, IMessageAppender appender)
{
    /// <param name="connectionId">Gets the result instead of a push.</param>
    /// <exception cref="ChatException"><c>not_found</c> when the sender is not in the chat; <c>unavailable</c>.</exception>
    public async Task<SendMessageResult> SendAsync(long senderId, string connectionId, SendMessageRequest request)
    {
        var result = await rosters.UseAsync(request.ChatId, roster => Append(roster, senderId, connectionId, request));
        if (result.Outcome is AppendOutcome.NotAParticipant) throw ChatException.ChatNotFound();
        return new SendMessageResult(request.ChatId, result.MessageId, result.SentAt, result.Outcome is AppendOutcome.Duplicate);
    }

    private Task<AppendResult> Append(Roster? roster, long senderId, string connectionId, SendMessageRequest request)
    {
        if (roster is null || !roster.Has(senderId)) return Task.FromException<AppendResult>(ChatException.ChatNotFound());
        if (roster.IsDirect && roster.Members[senderId].BlocksPeer)
            return Task.FromException<AppendResult>(ChatException.Forbidden("you block this person: unblock first"));
        return appender.AppendAsync(new NewMessage(roster, senderId, request.ClientMessageId, request.Text, connectionId));
    }
}

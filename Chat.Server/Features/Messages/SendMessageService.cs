using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Messages;

/// <summary>The rules of sending. What runs before the first await keeps the order of a client's sends; what must be looked up first waits in line.</summary>
public sealed class SendMessageService(
    RosterCache rosters, IRightsReader rights, IMessageAppender appender, IMessageReferences references, TimeProvider time)
{
    /// <summary>Each but the first is due to a block that began or ended while the message was on its way.</summary>
    private const int MaxAttempts = 5;

    private readonly SendTurns _turns = new();
    private readonly MessageContentReader _contents = new(references);

    /// <param name="connectionId">Gets the result instead of a push.</param>
    /// <exception cref="ChatException">
    /// <c>not_found</c> when the sender is not in the chat, or does not see what the message refers to; <c>forbidden</c> without the right to
    /// send this, or while muted; <c>rate_limited</c> by slow mode; <c>invalid</c>; <c>unavailable</c>.
    /// </exception>
    public async Task<SendMessageResult> SendAsync(long senderId, string connectionId, SendMessageRequest request)
    {
        var result = await rosters.UseAsync(request.ChatId, roster => SendAsync(roster, senderId, connectionId, request));
        for (var again = 1; result.Outcome is AppendOutcome.RosterChanged && again < MaxAttempts; again++)
        {
            rosters.Invalidate(request.ChatId);
            result = await rosters.UseAsync(request.ChatId, roster => SendAsync(roster, senderId, connectionId, request));
        }
        if (result.IsRefused) throw Refused(result);
        return new SendMessageResult(request.ChatId, result.MessageId, result.SentAt, result.Outcome is AppendOutcome.Duplicate, result.Withheld ? true : null);
    }

    private Task<AppendResult> SendAsync(Roster? roster, long senderId, string connectionId, SendMessageRequest request)
    {
        if (roster is null || !roster.Members.TryGetValue(senderId, out var sender)) return NotInRosterAsync(roster, senderId);
        if (!ChatRights.MayDo(ChatRights.Sending(request.TypeOfContent), roster, sender))
            return Task.FromResult(new AppendResult(AppendOutcome.Forbidden, 0, default));
        if (sender.MutedUntil is { } until && sender.IsMuted(Now)) return Task.FromResult(new AppendResult(AppendOutcome.Muted, 0, default, until));
        if (roster.IsDirect && sender.BlocksPeer)
            return Task.FromException<AppendResult>(ChatException.Forbidden("you block this person: unblock first"));
        if (!MessageContentReader.NeedsLookUp(request) && !_turns.MustWait(request.ChatId, senderId))
            return AppendAsync(roster, senderId, connectionId, request.ClientMessageId, MessageContentReader.Read(request));
        return _turns.TakeAsync(
            request.ChatId, senderId,
            () => LookUpAsync(roster, senderId, request),
            found => found.Sent is { } sent
                ? Task.FromResult(sent)
                : AppendAsync(roster, senderId, connectionId, request.ClientMessageId, found.Content!));
    }

    /// <returns>The content; or what was sent under this name before, where its content cannot be had any more.</returns>
    private async Task<(MessageContent? Content, AppendResult? Sent)> LookUpAsync(Roster roster, long senderId, SendMessageRequest request)
    {
        try
        {
            return (await _contents.LookUpAsync(senderId, request, CancellationToken.None), null);
        }
        catch (ChatException)
        {
            var sent = await references.FindSentAsync(request.ChatId, roster.IsChannel ? 0 : senderId, request.ClientMessageId, CancellationToken.None);
            if (sent is null) throw;
            return (null, sent);
        }
    }

    private Task<AppendResult> AppendAsync(Roster roster, long senderId, string connectionId, Guid clientMessageId, MessageContent content)
    {
        var message = content.For(roster, senderId, clientMessageId, connectionId);
        if (roster.IsChannel) return appender.AppendAsync(message.AsPost(roster.IsSigned ? roster.Members[senderId].Name : null));
        return appender.AppendAsync(roster.PeerWhoBlocks(senderId) is { } peerId ? message.WithheldFrom(peerId) : message);
    }

    /// <summary>A stranger, or in a channel one of its readers, who may not write.</summary>
    private async Task<AppendResult> NotInRosterAsync(Roster? roster, long senderId)
    {
        var isReader = roster is { IsChannel: true } && await rights.FindAsync(roster.ChatId, senderId, CancellationToken.None) is not null;
        return new AppendResult(isReader ? AppendOutcome.Forbidden : AppendOutcome.NotAParticipant, 0, default);
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

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
    public Task<SendMessageResult> SendAsync(long senderId, string connectionId, SendMessageRequest request) => SendAsync(
        request.ChatId, senderId, request.TypeOfContent, roster => InTurnAsync(roster, senderId, connectionId, request));

    /// <summary>The same of what is there already, and of which the sender's connections are all told by a push.</summary>
    internal Task<SendMessageResult> SendAsync(long senderId, long chatId, Guid clientMessageId, MessageContent content) => SendAsync(
        chatId, senderId, content.Type, roster => appender.AppendAsync(content.For(roster, senderId, clientMessageId, origin: null)));

    internal static SendMessageResult ResultOf(long chatId, AppendResult result) =>
        new(chatId, result.MessageId, result.SentAt, result.Outcome is AppendOutcome.Duplicate, result.Withheld ? true : null, result.ExpiresAt, result.Signature);

    private async Task<SendMessageResult> SendAsync(long chatId, long senderId, string type, Func<Roster, Task<AppendResult>> append)
    {
        var result = await rosters.UseAsync(chatId, roster => CheckedAsync(roster, senderId, type, append));
        for (var again = 1; result.Outcome is AppendOutcome.RosterChanged && again < MaxAttempts; again++)
        {
            rosters.Invalidate(chatId);
            result = await rosters.UseAsync(chatId, roster => CheckedAsync(roster, senderId, type, append));
        }
        return result.IsRefused ? throw Refused(result) : ResultOf(chatId, result);
    }

    private Task<AppendResult> CheckedAsync(Roster? roster, long senderId, string type, Func<Roster, Task<AppendResult>> append)
    {
        if (roster is null || !roster.Members.TryGetValue(senderId, out var sender)) return NotInRosterAsync(roster, senderId);
        if (!ChatRights.MayDo(ChatRights.Sending(type), roster, sender)) return Task.FromResult(new AppendResult(AppendOutcome.Forbidden, 0, default));
        if (sender.MutedUntil is { } until && sender.IsMuted(Now)) return Task.FromResult(new AppendResult(AppendOutcome.Muted, 0, default, until));
        if (roster.IsDirect && sender.BlocksPeer)
            return Task.FromException<AppendResult>(ChatException.Forbidden("you block this person: unblock first"));
        return append(roster);
    }

    private Task<AppendResult> InTurnAsync(Roster roster, long senderId, string connectionId, SendMessageRequest request) =>
        MessageContentReader.NeedsLookUp(request) || _turns.MustWait(request.ChatId, senderId)
            ? TakeTurnAsync(roster, senderId, connectionId, request)
            : AppendAsync(roster, senderId, connectionId, request, MessageContentReader.Read(request));

    private Task<AppendResult> TakeTurnAsync(Roster roster, long senderId, string connectionId, SendMessageRequest request) => _turns.TakeAsync(
        request.ChatId, senderId,
        () => LookUpAsync(senderId, request),
        found => found.Sent is { } sent ? Task.FromResult(sent) : AppendAsync(roster, senderId, connectionId, request, found.Content!));

    private Task<AppendResult> AppendAsync(Roster roster, long senderId, string connectionId, SendMessageRequest request, MessageContent content) =>
        appender.AppendAsync(content.For(roster, senderId, request.ClientMessageId, connectionId));

    /// <returns>The content; or what was sent under this name before, where its content cannot be had any more.</returns>
    private async Task<(MessageContent? Content, AppendResult? Sent)> LookUpAsync(long senderId, SendMessageRequest request)
    {
        try
        {
            return (await _contents.LookUpAsync(senderId, request, CancellationToken.None), null);
        }
        catch (ChatException)
        {
            var key = new SentKey(request.ChatId, request.ClientMessageId);
            var sent = await references.FindSentAsync(senderId, [key], CancellationToken.None);
            if (!sent.TryGetValue(key, out var before)) throw;
            return (null, before);
        }
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

using Chat.Data;
using Chat.Data.Messages;
using Chat.Data.Scheduling;
using Chat.Server.Errors;
using Chat.Server.Features.Messages;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Scheduling;

/// <summary>
/// Messages that are to be sent later. Whether they may be sent is decided then: here only that their author is in the chat, and that they
/// would be accepted as messages at all.
/// </summary>
public sealed class ScheduleService(
    IScheduledStore store, IMessageReferences references, RosterCache rosters, ScheduledNotifier notifier, TimeProvider time)
{
    /// <summary>How far ahead one may plan.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(Limits.ScheduleDays);

    private readonly MessageContentReader _contents = new(references);

    /// <exception cref="ChatException">
    /// <c>not_found</c> when the caller is not in the chat, or does not see the file; <c>invalid</c>: the time, or the file's type;
    /// <c>too_large</c>: too many.
    /// </exception>
    public async Task<ScheduledMessageView> ScheduleAsync(long userId, string connectionId, ScheduleMessageRequest request)
    {
        if (await rosters.GetAsync(request.ChatId) is not { } roster || !roster.Has(userId)) throw ChatException.ChatNotFound();
        var message = request.ToSend();
        var sendAt = TimeOf(request.SendAt);
        // Held for an hour; once the row is there, it holds the file.
        var file = message.MediaId is { } mediaId
            ? await _contents.HoldFileAsync(userId, mediaId, message.Type, CancellationToken.None)
            : null;
        var row = new ScheduledRow(
            0, userId, request.ChatId, request.ClientMessageId.ToByteArray(bigEndian: true),
            ScheduledContent.Write(message, file?.ToView()), sendAt, Now, Failure: null);
        var added = await store.AddAsync(row, Limits.ScheduledMessages, CancellationToken.None);
        if (added.Outcome is ScheduleOutcome.TooMany)
            throw ChatException.TooLarge("chatId", $"at most {Limits.ScheduledMessages} messages can wait for their time");
        return Told(userId, connectionId, added.Row!, ScheduledStates.Waiting);
    }

    public async Task<ScheduledMessageList> ListAsync(long userId, CancellationToken cancellationToken) =>
        new([.. (await store.ListAsync(userId, cancellationToken)).Select(row => row.ToView())]);

    /// <exception cref="ChatException"><c>not_found</c>: sent already, or never there; <c>conflict</c>: being sent; <c>invalid</c>: the time.</exception>
    public async Task<ScheduledMessageView> MoveAsync(long userId, string connectionId, MoveScheduledRequest request)
    {
        var row = Accepted(await store.MoveAsync(userId, request.ScheduledId, TimeOf(request.SendAt), Now, CancellationToken.None));
        return Told(userId, connectionId, row, ScheduledStates.Waiting);
    }

    /// <exception cref="ChatException"><c>not_found</c>: sent already, or never there; <c>conflict</c>: being sent.</exception>
    public async Task<ScheduledMessageView> CancelAsync(long userId, string connectionId, CancelScheduledRequest request)
    {
        var row = Accepted(await store.CancelAsync(userId, request.ScheduledId, Now, CancellationToken.None));
        return Told(userId, connectionId, row, ScheduledStates.Canceled);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime.ToStored();

    private DateTime TimeOf(DateTime sendAt)
    {
        sendAt = sendAt.ToUniversalTime();
        if (sendAt <= Now) throw ChatException.Invalid("sendAt", "must be in the future");
        if (sendAt > Now + Horizon) throw ChatException.Invalid("sendAt", $"must be at most {Limits.ScheduleDays} days from now");
        return sendAt.ToStored();
    }

    private ScheduledMessageView Told(long userId, string connectionId, ScheduledRow row, string state)
    {
        notifier.Changed(userId, connectionId, row, state);
        return row.ToView();
    }

    private static ScheduledRow Accepted(ScheduleResult result) => result.Outcome switch
    {
        ScheduleOutcome.Done => result.Row!,
        ScheduleOutcome.BeingSent => throw ChatException.Conflict("scheduledId", "is being sent"),
        _ => throw ChatException.NotFound("this scheduled message"),
    };
}

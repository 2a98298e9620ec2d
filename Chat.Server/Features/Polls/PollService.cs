using Chat.Data.Messages;
using Chat.Data.Polls;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Polls;

/// <summary>Votes in polls. The rules are checked by the store, under the chat's lock.</summary>
public sealed class PollService(IPollStore polls, PrivacyService privacy)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>: closed; <c>invalid</c>, <c>unavailable</c>.</exception>
    public async Task<MessageChangeResult> VoteAsync(long userId, VotePollRequest request)
    {
        var result = await polls.VoteAsync(request.ChatId, userId, request.MessageId, PollChoices.FromList(request.Options));
        return result.Outcome switch
        {
            ChangeOutcome.TooLate => throw ChatException.Forbidden("this poll is closed"),
            ChangeOutcome.TooMany => throw ChatException.Invalid("options", "are not options of this poll, or more than one may choose"),
            _ => Accepted(request.ChatId, request.MessageId, result, "vote on"),
        };
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>: somebody else's; <c>invalid</c>, <c>unavailable</c>.</exception>
    public async Task<MessageChangeResult> CloseAsync(long userId, ClosePollRequest request) =>
        Accepted(request.ChatId, request.MessageId, await polls.CloseAsync(request.ChatId, userId, request.MessageId), "close");

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>: an anonymous poll; <c>invalid</c>.</exception>
    public async Task<VotePage> ListAsync(long userId, ListVotesRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.PageSize;
        var list = await polls.ListAsync(
            request.ChatId, userId, request.MessageId, request.Option, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        if (list.Outcome is ChangeOutcome.Forbidden) throw ChatException.Forbidden("this poll is anonymous");
        list.Outcome.Accept("messageId", "vote on");
        var users = list.Votes.Take(limit).Select(row => row.ToUser()).ToList();
        var shown = await privacy.HideAsync(userId, users, cancellationToken);
        return new VotePage(
            request.ChatId, request.MessageId,
            [.. shown.Zip(list.Votes, (user, row) => new VoteView(user, PollChoices.ToList(row.Options), row.VotedAt))], list.Votes.Count > limit);
    }

    private static MessageChangeResult Accepted(long chatId, long messageId, ChangeResult result, string verb)
    {
        result.Outcome.Accept("messageId", verb);
        return result.Recorded.ToResult(chatId, messageId);
    }
}

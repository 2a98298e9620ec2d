using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Data.Reactions;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Reactions;

/// <summary>Reactions to messages. The rules are checked by the store, under the chat's lock.</summary>
public sealed class ReactionService(IReactionStore reactions, IRightsReader rights, PrivacyService privacy)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.</exception>
    public async Task<MessageChangeResult> SetAsync(long userId, SetReactionRequest request)
    {
        var result = await reactions.SetAsync(request.ChatId, userId, request.MessageId, request.Emoji, Limits.ReactionKinds);
        if (result.Outcome is ChangeOutcome.TooMany)
            throw ChatException.TooLarge("emoji", $"a message has at most {Limits.ReactionKinds} different reactions");
        result.Outcome.Accept("messageId", "react to");
        return result.Recorded.ToResult(request.ChatId, request.MessageId);
    }

    /// <exception cref="ChatException"><c>not_found</c>; <c>forbidden</c> for readers of a channel.</exception>
    public async Task<ReactionPage> ListAsync(long userId, ListReactionsRequest request, CancellationToken cancellationToken)
    {
        var mine = await rights.FindAsync(request.ChatId, userId, cancellationToken) ?? throw ChatException.NotFound("this message");
        if (mine.IsReader) throw ChatException.Forbidden("who reacted in a channel is told to those who run it");
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await reactions.ListAsync(
            request.ChatId, userId, request.MessageId, request.Emoji, request.AfterUserId ?? 0, limit + 1, cancellationToken)
            ?? throw ChatException.NotFound("this message");
        var users = rows.Take(limit).Select(row => row.ToUser()).ToList();
        var shown = await privacy.HideAsync(userId, users, cancellationToken);
        return new ReactionPage(
            request.ChatId, request.MessageId, [.. shown.Zip(rows, (user, row) => new ReactionView(user, row.Emoji, row.ReactedAt))], rows.Count > limit);
    }
}

using Chat.Data.Accounts;
using Chat.Data.Messages;

namespace Chat.Data.Polls;

/// <summary>Somebody's vote.</summary>
/// <param name="Options">One bit an option.</param>
public sealed record VoteRow(
    long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId, int Options, DateTime VotedAt) : IPersonRow;

/// <summary>How the listing of votes ended.</summary>
/// <param name="Outcome"><see cref="ChangeOutcome.Done"/>, or why there is none.</param>
public sealed record VoteList(ChangeOutcome Outcome, IReadOnlyList<VoteRow> Votes);

/// <summary>Votes in polls: one per person and poll, which may be changed until the poll is closed.</summary>
public interface IPollStore
{
    /// <summary>
    /// Sets, replaces or takes back the actor's vote. The counts in the message are written with it, and the change is reported in order with all
    /// others of the chat.
    /// </summary>
    /// <param name="options">One bit an option; 0 takes the vote back.</param>
    /// <returns><see cref="ChangeOutcome.TooLate"/>: the poll is closed; <see cref="ChangeOutcome.TooMany"/>: not one of its options, or more than one may choose.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ChangeResult> VoteAsync(long chatId, long actorId, long messageId, int options);

    /// <summary>Ends a poll of the actor's.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ChangeResult> CloseAsync(long chatId, long actorId, long messageId);

    /// <summary>Who voted, ascending by user id. <see cref="ChangeOutcome.Forbidden"/>: the poll is anonymous, as all of a channel are.</summary>
    /// <param name="option">A position; null for all.</param>
    /// <exception cref="DataUnavailableException"/>
    Task<VoteList> ListAsync(long chatId, long userId, long messageId, int? option, long afterUserId, int limit, CancellationToken cancellationToken);
}

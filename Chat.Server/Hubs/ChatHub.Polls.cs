using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Sets, replaces or takes back your vote.</summary>
    public Task<MessageChangeResult> VotePoll(VotePollRequest request) => marks.Polls.VoteAsync(CallerId, request);

    /// <summary>Ends a poll of yours: nobody votes any more.</summary>
    public Task<MessageChangeResult> ClosePoll(ClosePollRequest request) => marks.Polls.CloseAsync(CallerId, request);

    /// <summary>Who chose what in a poll that is not anonymous.</summary>
    public Task<VotePage> ListVotes(ListVotesRequest request) => marks.Polls.ListAsync(CallerId, request, Context.ConnectionAborted);
}

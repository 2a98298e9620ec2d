using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Sets, replaces or takes back your reaction to a message.</summary>
    public Task<MessageChangeResult> SetReaction(SetReactionRequest request) => marks.Reactions.SetAsync(CallerId, request);

    /// <summary>Who reacted to a message with what.</summary>
    public Task<ReactionPage> ListReactions(ListReactionsRequest request) =>
        marks.Reactions.ListAsync(CallerId, request, Context.ConnectionAborted);
}

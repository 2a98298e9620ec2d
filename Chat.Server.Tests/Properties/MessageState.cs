namespace Chat.Server.Tests.Properties;

/// <summary>
/// A message as a client knows it. What everybody sees of it is newer the higher its <c>changeId</c>; what is the reader's own is known as of a
/// change of its own, since pushes to all do not hold it.
/// </summary>
/// <param name="ReactionAsOf">The change as of which <c>myReaction</c> is known; -1: not known.</param>
internal sealed record MessageState(MessageView View, long ReactionAsOf, long VotesAsOf)
{
    private const long Unknown = -1;

    public long ChangeId => View.ChangeId ?? 0;

    /// <summary>From a page, a sync or a head: complete.</summary>
    public static MessageState Read(MessageView view) => new(view, view.ChangeId ?? 0, view.ChangeId ?? 0);

    /// <summary>As posted: complete as long as nothing has changed it.</summary>
    public static MessageState Posted(MessageView view) => view.ChangeId is > 0 ? new(view, Unknown, Unknown) : Read(view);

    /// <summary>A change that was pushed, which tells its actor of the actor's own part.</summary>
    public static MessageState Changed(MessageChangedEvent change, MessageView message, long me)
    {
        var reacted = change.ActorId == me && change.Kind == MessageChangeKinds.Reaction;
        var voted = change.ActorId == me && change.Kind == MessageChangeKinds.Vote;
        var view = message with { MyReaction = reacted ? change.Emoji : null, MyVotes = voted ? change.Votes : null };
        return new MessageState(view, reacted ? message.ChangeId!.Value : Unknown, voted ? message.ChangeId!.Value : Unknown);
    }

    /// <summary>The newer of two states, part by part.</summary>
    public MessageState With(MessageState news)
    {
        var shared = news.ChangeId >= ChangeId ? news.View : View;
        var reaction = news.ReactionAsOf >= ReactionAsOf ? news : this;
        var votes = news.VotesAsOf >= VotesAsOf ? news : this;
        // Nothing of one's own is left of what was deleted.
        var view = shared.DeletedAt is not null
            ? shared with { MyReaction = null, MyVotes = null }
            : shared with { MyReaction = reaction.View.MyReaction, MyVotes = votes.View.MyVotes };
        return new MessageState(view, reaction.ReactionAsOf, votes.VotesAsOf);
    }
}

internal static class Expiry
{
    /// <summary>What is left of it says that its time had come: nothing of it is shown, not even that it was there.</summary>
    public static bool HasExpired(this MessageView message) => message.DeletedAt >= message.ExpiresAt;
}

using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <summary>From what the store says of a change of messages to what its caller hears.</summary>
internal static class ChangeOutcomes
{
    /// <param name="field">The field of the request that names messages.</param>
    /// <param name="verb">What the caller wanted to do: <c>edit</c>.</param>
    /// <exception cref="ChatException">Unless it is done, or was so already.</exception>
    public static void Accept(this ChangeOutcome outcome, string field, string verb)
    {
        var refusal = outcome switch
        {
            ChangeOutcome.Done or ChangeOutcome.Unchanged => null,
            ChangeOutcome.NotFound => ChatException.ChatNotFound(),
            ChangeOutcome.MessageNotFound => ChatException.NotFound("this message"),
            ChangeOutcome.Forbidden => ChatException.Forbidden($"you may not {verb} this message"),
            ChangeOutcome.Blocked => ChatException.Forbidden($"you may not {verb} a message here now; if you block this person, unblock first"),
            ChangeOutcome.TooLate => ChatException.Forbidden($"this message is too old to {verb}"),
            ChangeOutcome.WrongType => ChatException.Invalid(field, $"is a message that nobody can {verb}"),
            ChangeOutcome.NeedsText => ChatException.Invalid("text", "must not be empty in a message that holds no file"),
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
        if (refusal is not null) throw refusal;
    }

    public static MessageChangeResult ToResult(this RecordedChanges recorded, long chatId, long messageId) =>
        new(chatId, messageId, recorded.ChangeId, recorded.HideId);
}

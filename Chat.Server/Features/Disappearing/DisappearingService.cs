using Chat.Data.Disappearing;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Disappearing;

/// <summary>How long the messages of a chat stay. The rules are checked by the store, under the chat's lock.</summary>
public sealed class DisappearingService(IDisappearingStore store)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>unavailable</c>.</exception>
    public async Task<SetDisappearingResult> SetAsync(long userId, SetDisappearingRequest request)
    {
        var result = await store.SetAsync(request.ChatId, userId, request.Seconds ?? 0);
        return result.Outcome switch
        {
            ChangeOutcome.Done or ChangeOutcome.Unchanged => new SetDisappearingResult(request.ChatId, request.Seconds, result.MessageId),
            ChangeOutcome.NotFound => throw ChatException.ChatNotFound(),
            ChangeOutcome.Forbidden => throw ChatException.Forbidden("you may not change this here"),
            ChangeOutcome.Blocked => throw ChatException.Forbidden("you may not change this here now; if you block this person, unblock first"),
            _ => throw new InvalidOperationException($"Unknown outcome {result.Outcome}."),
        };
    }
}

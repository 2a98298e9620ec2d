using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <param name="EditLimit">Until so long after it was sent, a message may be edited.</param>
/// <param name="DeleteLimit">Until so long after it was sent, its sender may delete it for everybody.</param>
public sealed record MessageChangeOptions(TimeSpan EditLimit, TimeSpan DeleteLimit)
{
    public MessageChangeOptions() : this(TimeSpan.FromHours(48), TimeSpan.FromHours(48))
    {
    }

    public static (string Key, string Reason)? Check(MessageChangeOptions options) =>
        options.EditLimit < TimeSpan.Zero || options.EditLimit > Longest ? ("EditLimit", "must be from 0 to 36500 days")
        : options.DeleteLimit < TimeSpan.Zero || options.DeleteLimit > Longest ? ("DeleteLimit", "must be from 0 to 36500 days")
        : null;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(36500);
}

/// <summary>The rules of editing and deleting. They are checked by the store, under the chat's lock.</summary>
public sealed class EditMessageService(IMessageEditor editor, HidingNotifier hidings, MessageChangeOptions options, TimeProvider time)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>unavailable</c>.</exception>
    public async Task<MessageChangeResult> EditAsync(long userId, EditMessageRequest request)
    {
        var text = request.Text.Length > 0 ? request.Text : null;
        var result = await editor.EditAsync(request.ChatId, userId, request.MessageId, text, request.Mentions ?? [], NotBefore(options.EditLimit));
        result.Outcome.Accept("messageId", "edit");
        return result.Recorded.ToResult(request.ChatId, request.MessageId);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>unavailable</c>.</exception>
    public async Task<DeleteMessagesResult> DeleteAsync(long userId, DeleteMessagesRequest request)
    {
        var messageIds = request.MessageIds.Distinct().ToList();
        if (!request.ForEveryone)
        {
            var hiding = await editor.HideAsync(request.ChatId, userId, messageIds);
            hiding.Outcome.Accept("messageIds", "delete");
            if (hiding.Outcome is ChangeOutcome.Done) hidings.Hidden(userId, new MessagesHiddenEvent(request.ChatId, hiding.HideId, hiding.MessageIds));
            return new DeleteMessagesResult(request.ChatId, ChangeId: null, hiding.HideId);
        }
        var deletion = await editor.DeleteAsync(request.ChatId, userId, messageIds, NotBefore(options.DeleteLimit));
        deletion.Outcome.Accept("messageIds", "delete");
        return new DeleteMessagesResult(request.ChatId, deletion.Recorded.ChangeId, deletion.Recorded.HideId);
    }

    /// <exception cref="ChatException"><c>not_found</c>.</exception>
    public async Task<MessageVersions> ListEditsAsync(long userId, ListEditsRequest request, CancellationToken cancellationToken)
    {
        var versions = await editor.ListVersionsAsync(
            request.ChatId, userId, request.MessageId, request.Limit ?? Limits.PageSize, cancellationToken)
            ?? throw ChatException.NotFound("this message");
        return new MessageVersions(
            request.ChatId, request.MessageId, [.. versions.Select(v => new MessageVersionView(v.MessageText, v.WrittenAt))]);
    }

    private DateTime NotBefore(TimeSpan limit) => time.GetUtcNow().UtcDateTime - limit;
}

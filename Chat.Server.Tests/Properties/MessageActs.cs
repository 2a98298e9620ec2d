using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>What is done to a message.</summary>
internal sealed class MessageActs(Device device, CatchUp? connected)
{
    private static readonly string[] Emoji = ["👍", "❤️", "😂"];

    private CatchUp Connected => connected ?? throw new InvalidOperationException("It is away.");

    public async Task<object?> DoAsync(Step step, long chat)
    {
        if (MessageOf(step, chat) is not { } id) return null;
        var chats = device.Scene.Chats;
        return step.Act switch
        {
            // Not into the channel: there one would not know one's own by a name that one gave.
            Act.Forward => await Connected.CallAsync<ForwardMessagesResult>(
                nameof(ChatHub.ForwardMessages), new ForwardMessagesRequest(Guid.NewGuid(), chat, [id], [chats[step.Target % (chats.Count - 1)]])),
            Act.Edit => await Change(nameof(ChatHub.EditMessage), new EditMessageRequest(chat, id, Scene.NewText("edit"))),
            Act.TakeCaptionAway => await Change(nameof(ChatHub.EditMessage), new EditMessageRequest(chat, id, "")),
            Act.DeleteForAll => await Connected.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [id], true)),
            Act.DeleteForMe => await HideAsync(chat, id),
            Act.React => await Change(nameof(ChatHub.SetReaction), new SetReactionRequest(chat, id, Emoji[step.Target % Emoji.Length])),
            Act.TakeBackReaction => await Change(nameof(ChatHub.SetReaction), new SetReactionRequest(chat, id)),
            Act.Vote => await Change(nameof(ChatHub.VotePoll), new VotePollRequest(chat, id, ChoiceOf(step.Target))),
            Act.ClosePoll => await Change(nameof(ChatHub.ClosePoll), new ClosePollRequest(chat, id)),
            Act.Pin => await Change(nameof(ChatHub.PinMessage), new PinMessageRequest(chat, id)),
            _ => await Change(nameof(ChatHub.UnpinMessage), new UnpinMessageRequest(chat, id)),
        };
    }

    /// <summary>Whether there is something to do it to.</summary>
    public bool FindAny(Step step, ChatState chat) => chat.Shown.Any(m => Fits(step, m));

    private Task<MessageChangeResult> Change(string method, object request) => Connected.CallAsync<MessageChangeResult>(method, request);

    private async Task<object> HideAsync(long chat, long messageId)
    {
        bool isThere;
        lock (device.Gate) isThere = device.Chats.TryGetValue(chat, out var held) && held.Shown.Any(m => m.MessageId == messageId);
        var result = await Connected.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(chat, [messageId]));
        // What was not there could not be hidden, and may come.
        if (isThere) device.Person.Hid(chat, messageId);
        return result;
    }

    private long? MessageOf(Step step, long chat)
    {
        lock (device.Gate)
        {
            if (!device.Chats.TryGetValue(chat, out var held)) return step.Target + 1;
            var shown = held.Shown.Where(m => Fits(step, m)).Select(m => m.MessageId).ToList();
            return shown.Count == 0 ? null : shown[^(1 + (step.Target % Math.Min(shown.Count, 6)))];
        }
    }

    private bool Fits(Step step, MessageView message) => step.Act switch
    {
        Act.Vote or Act.ClosePoll => message.Poll is not null,
        Act.TakeCaptionAway => message is { Media: not null, Text: not null } && IsWanted(step, message),
        Act.Edit or Act.DeleteForAll => message.Type != MessageTypes.System && IsWanted(step, message),
        Act.Unpin => message.Pinned == true,
        Act.DeleteForMe => true,
        _ => message.Type != MessageTypes.System,
    };

    /// <summary>Mostly one's own.</summary>
    private bool IsWanted(Step step, MessageView message) => step.Target % 4 == 0 || device.Person.Wrote(message);

    private static int[] ChoiceOf(int target) => (target % 4) switch { 0 => [], 1 => [0], 2 => [1], _ => [0, 2] };
}

using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>What stood when a call was made.</summary>
/// <param name="At">A point in time of <see cref="Person.Now"/>.</param>
internal sealed record Asked(long At, IReadOnlyList<(DirectReading Reading, Fact<bool>? Hidden)> Readings);

/// <summary>What every answer is looked at for, whoever asked and on whatever device.</summary>
internal static class Answers
{
    public static Asked Asks(this Person person) => new(person.Now(), [.. person.Readings.Select(r => (r, r.Hidden))]);

    public static void IsAnswered<T>(this Person person, Asked asked, string method, T result)
    {
        // A preview is for everybody: one need not be in the chat.
        if (method == nameof(ChatHub.PreviewChannel)) return;
        foreach (var message in MessagesIn(result)) person.Saw(message, asked.At);
        foreach (var (reading, hidden) in asked.Readings)
            foreach (var readUpTo in ReadByOtherIn(result, reading.ChatId, person.UserId)) reading.Answered(person, hidden, readUpTo);
    }

    private static IEnumerable<MessageView?> MessagesIn<T>(T result) => result switch
    {
        ChatView chat => [chat.LastMessage],
        ChatPage page => page.Chats.Select(c => c.LastMessage),
        MessagePage page => page.Messages,
        SyncChatResult sync => [.. sync.Messages, .. sync.Changes],
        PinnedPage page => page.Pinned.Select(p => p.Message),
        MessageSearchPage page => page.Hits.Select(h => h.Message),
        ChatSearchPage page => page.Hits.Select(h => h.Message),
        _ => [],
    };

    private static IEnumerable<long> ReadByOtherIn<T>(T result, long chatId, long me) => result switch
    {
        ChatView chat when chat.ChatId == chatId => [chat.Watermarks.OthersReadUpTo],
        ChatPage page => page.Chats.Where(c => c.ChatId == chatId).Select(c => c.Watermarks.OthersReadUpTo),
        SyncChatResult sync when sync.ChatId == chatId => [sync.Watermarks.OthersReadUpTo],
        ParticipantPage page when page.ChatId == chatId => page.Participants.Where(p => p.User.UserId != me).Select(p => p.ReadUpTo),
        MessageInfo info when info.ChatId == chatId && info.Receipts.Any(r => r.UserId != me && r.ReadAt is not null) => [info.MessageId],
        _ => [],
    };
}

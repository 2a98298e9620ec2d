using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>Reads everything of a person from scratch, as a new device does, and checks that the parts of it fit together.</summary>
internal sealed class FreshReader(Person person, Session session, Findings findings)
{
    private readonly Picture _picture = new();
    private readonly List<MessageView> _messages = [];
    private readonly List<UserView> _people = [];

    public async Task<FreshRead> ReadAsync()
    {
        string? cursor = null;
        var heads = new List<ChatView>();
        do
        {
            var page = await session.CallAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(cursor, 2));
            heads.AddRange(page.Chats);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        foreach (var head in heads) await AddAsync(head);
        var scheduled = await session.CallAsync<ScheduledMessageList>(nameof(ChatHub.ListScheduled), new ListScheduledRequest());
        _picture.AddScheduled(scheduled.Messages);
        _picture.AddSettings(await session.CallAsync<SettingsView>(nameof(ChatHub.GetSettings), new GetSettingsRequest()));
        return new FreshRead(_picture, heads, _messages, _people);
    }

    private async Task AddAsync(ChatView head)
    {
        var messages = await HistoryAsync(head.ChatId);
        var members = head.Type == ChatTypes.Group
            ? (await session.CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(head.ChatId))).Participants : [];
        _messages.AddRange(messages);
        _people.AddRange(members.Select(m => m.User));
        if (head.Peer is { } peer) _people.Add(peer);
        _picture.Add(head, head.Watermarks, messages, members, person, id => members.Where(m => m.User.UserId == id).Select(m => (m.DeliveredUpTo, m.ReadUpTo)).Single());
        await CheckAsync(head, messages, members);
    }

    private async Task<List<MessageView>> HistoryAsync(long chatId)
    {
        var messages = new List<MessageView>();
        MessagePage page;
        do
        {
            long? before = messages.Count > 0 ? messages[0].MessageId : null;
            page = await session.CallAsync<MessagePage>(nameof(ChatHub.ListMessages), new ListMessagesRequest(chatId, before, Limit: 7));
            messages.InsertRange(0, page.Messages);
        }
        while (page.HasOlder);
        return messages;
    }

    private async Task CheckAsync(ChatView head, List<MessageView> messages, IReadOnlyList<ParticipantView> members)
    {
        var where = $"{person.Name} reads chat {head.ChatId}:";
        var byId = messages.ToDictionary(m => m.MessageId);
        foreach (var message in messages)
        {
            if (message.ReplyTo is { } reply && reply != Picture.QuoteOf(reply.MessageId, byId))
                findings.Fault($"{where} {message.MessageId} quotes {reply}, and what it answers reads {byId.GetValueOrDefault(reply.MessageId)}.");
        }
        // Who once ran a channel, and reads it now, finds posts of their own among the unread.
        var unread = person.Unread(messages, head.Watermarks.ReadUpTo, ownToo: head is { Type: ChatTypes.Channel, Role: ParticipantRoles.Member });
        if ((head.UnreadCount, head.UnreadMentions) != unread)
            findings.Fault($"{where} the head counts {head.UnreadCount} unread and {head.UnreadMentions} mentions, its messages {unread}.");
        if (head.LastMessage?.MessageId != messages.LastOrDefault()?.MessageId)
            findings.Fault($"{where} the head shows {head.LastMessage?.MessageId} as its last message, the history {messages.LastOrDefault()?.MessageId}.");
        var others = members.Where(m => m.User.UserId != person.UserId).ToList();
        var lowest = others.Count == 0 ? (0, 0) : (others.Min(m => m.DeliveredUpTo), others.Min(m => m.ReadUpTo));
        if (others.Count > 0 && (head.Watermarks.OthersDeliveredUpTo, head.Watermarks.OthersReadUpTo) != lowest)
            findings.Fault($"{where} the head says of others {head.Watermarks}, their marks are at least {lowest}.");
        var pinned = (await session.CallAsync<PinnedPage>(nameof(ChatHub.ListPinned), new ListPinnedRequest(head.ChatId))).Pinned.Select(p => p.Message.MessageId).Order();
        if (!pinned.SequenceEqual(messages.Where(m => m.Pinned == true).Select(m => m.MessageId)))
            findings.Fault($"{where} {string.Join(',', pinned)} are listed as pinned, and others say so of themselves.");
    }
}

/// <param name="Messages">Of all chats.</param>
/// <param name="People">As they are shown to the reader, each as often as they appear.</param>
internal sealed record FreshRead(Picture Picture, IReadOnlyList<ChatView> Heads, IReadOnlyList<MessageView> Messages, IReadOnlyList<UserView> People);

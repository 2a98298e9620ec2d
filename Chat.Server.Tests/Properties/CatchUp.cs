using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>
/// What a device asks for on one connection: everything once it is connected, single chats behind holes and when they are new. Of what is not
/// awaited, the caller holds the device's gate.
/// </summary>
internal sealed class CatchUp(Device device, Session session)
{
    /// <summary>How long a missing message may still arrive by itself; shorter than a real client waits, as this is a test.</summary>
    private static readonly TimeSpan HoleWait = TimeSpan.FromMilliseconds(100);

    private readonly Questions _questions = new(device);
    private readonly HashSet<long> _watched = [];
    private HashSet<long>? _leftMeanwhile;

    public Session Session => session;

    public ReceiptOrder Order { get; } = new(device);

    public async Task<T> CallAsync<T>(string method, object request)
    {
        var result = await session.CallAsync<T>(method, request);
        if (session.IsBrokenOff) throw new BrokenOffException(new InvalidOperationException("Answered too late."));
        return result;
    }

    /// <summary>After a connect: by then the server pushes to this connection, so nothing falls in between.</summary>
    public async Task EverythingAsync()
    {
        List<long> before;
        lock (device.Gate)
        {
            before = [.. device.Chats.Keys];
            _leftMeanwhile = [];
        }
        string? cursor = null;
        do
        {
            var page = await CallAsync<ChatPage>(nameof(ChatHub.ListChats), new ListChatsRequest(cursor, 3));
            lock (device.Gate)
                foreach (var head in page.Chats)
                {
                    before.Remove(head.ChatId);
                    if (!_leftMeanwhile.Contains(head.ChatId)) ApplyHead(head);
                }
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        lock (device.Gate)
        {
            // Not listed: left meanwhile, or moved to the front between two pages, or a direct chat without a message. The chat itself knows.
            foreach (var chatId in before) Meet(chatId);
            LoadScheduled();
            LoadSettings();
        }
    }

    /// <summary>A chat is new, or another than it was: asks for its head.</summary>
    public void Meet(long chatId) => Ask("head", chatId, async asking =>
    {
        var head = await CallAsync<ChatView>(nameof(ChatHub.GetChat), new GetChatRequest(chatId));
        lock (device.Gate)
            if (!asking.IsVoid) ApplyHead(head);
    });

    public void Left(long chatId)
    {
        _leftMeanwhile?.Add(chatId);
        device.Chats.Remove(chatId);
        _questions.Void(chatId);
    }

    public void Post(ChatState chat, MessageView message)
    {
        chat.Post(message);
        if (message.System is { Kind: SystemMessageKinds.DisappearingChanged or SystemMessageKinds.SlowModeChanged }) Meet(message.ChatId);
    }

    /// <summary>The connection that sent has the call's result in place of an event.</summary>
    public void Sent(SendMessageRequest request, SendMessageResult result)
    {
        lock (device.Gate)
        {
            if (!device.Chats.TryGetValue(request.ChatId, out var chat))
            {
                Meet(request.ChatId);
                return;
            }
            var isPlain = request is { Type: null, ReplyTo: null, Mentions: null, Location: null, Contact: null, Poll: null, MediaId: null };
            if (isPlain && !result.Duplicate)
            {
                chat.Post(new MessageView(
                    request.ChatId, result.MessageId, chat.IsChannel ? 0 : device.Me, request.ClientMessageId, MessageTypes.Text, request.Text, null, result.SentAt,
                    Withheld: result.Withheld, Signature: result.Signature, ExpiresAt: result.ExpiresAt));
                WatchHole(chat);
            }
            else if (result.MessageId > chat.Messages.UpTo)
            {
                chat.Messages.NoteLast(result.MessageId);
                Sync(request.ChatId);
            }
        }
    }

    public void WatchHole(ChatState chat)
    {
        var chatId = chat.Head.ChatId;
        if (!chat.HasHole || !_watched.Add(chatId)) return;
        device.Run(async () =>
        {
            await Task.Delay(HoleWait);
            lock (device.Gate)
            {
                _watched.Remove(chatId);
                if (device.Chats.TryGetValue(chatId, out var now) && now.HasHole) Sync(chatId);
            }
        });
    }

    public void Sync(long chatId) => Ask("sync", chatId, async _ =>
    {
        for (var hasMore = true; hasMore;)
        {
            ChatState? chat;
            SyncChatRequest request;
            lock (device.Gate)
            {
                if (!device.Chats.TryGetValue(chatId, out chat)) return;
                request = new SyncChatRequest(chatId, chat.Messages.UpTo, 5, chat.Changes.UpTo, chat.Hidings.UpTo);
            }
            var result = await CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), request);
            lock (device.Gate)
            {
                if (device.Chats.GetValueOrDefault(chatId) != chat) return;
                device.Findings.Happened(
                    $"{device.Name} syncs {request}: {string.Join(',', result.Messages.Select(m => m.MessageId))} changed {string.Join(',', result.Changes.Select(m => m.MessageId))} hidden {string.Join(',', result.HiddenIds)}");
                chat.ApplySync(result, request.AfterMessageId);
                if (result.TooLong) LoadHistory(chatId);
                hasMore = result.HasMore;
            }
        }
    });

    /// <summary>What waits for its time. The events of it are doorbells.</summary>
    public void LoadScheduled() => _questions.Ask("scheduled", 0, async _ =>
    {
        var scheduled = await CallAsync<ScheduledMessageList>(nameof(ChatHub.ListScheduled), new ListScheduledRequest());
        lock (device.Gate) device.Scheduled = scheduled.Messages;
    });

    private void LoadSettings() => _questions.Ask("settings", 0, async _ =>
    {
        var settings = await CallAsync<SettingsView>(nameof(ChatHub.GetSettings), new GetSettingsRequest());
        lock (device.Gate) device.Apply(settings);
    });

    private void ApplyHead(ChatView head)
    {
        var chatId = head.ChatId;
        if (device.Chats.TryGetValue(chatId, out var chat))
        {
            chat.ApplyHead(head);
            if (chat.HasHole) Sync(chatId);
        }
        else
        {
            device.Chats.Add(chatId, chat = new ChatState(head, device.Me));
            LoadHistory(chatId);
        }
        if (chat.IsGroup) LoadMembers(chatId);
    }

    private void LoadHistory(long chatId) => Ask("history", chatId, async _ =>
    {
        ChatState? chat;
        long before;
        lock (device.Gate)
        {
            if (!device.Chats.TryGetValue(chatId, out chat)) return;
            before = chat.Messages.UpTo + 1;
        }
        MessagePage page;
        do
        {
            page = await CallAsync<MessagePage>(nameof(ChatHub.ListMessages), new ListMessagesRequest(chatId, BeforeMessageId: before, Limit: 4));
            lock (device.Gate)
            {
                if (device.Chats.GetValueOrDefault(chatId) != chat) return;
                chat.ApplyHistory(page);
                chat.IsLoaded = !page.HasOlder;
            }
            if (page.Messages.Count > 0) before = page.Messages[0].MessageId;
        }
        while (page.HasOlder);
    });

    private void LoadMembers(long chatId) => Ask("members", chatId, async _ =>
    {
        var page = await CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(chatId));
        lock (device.Gate)
            if (device.Chats.TryGetValue(chatId, out var chat)) chat.ApplyMembers(page.Participants);
    });

    /// <summary>A chat that is answered not to be there has been left.</summary>
    private void Ask(string what, long chatId, Func<Question, Task> ask) => _questions.Ask(what, chatId, ask, isGone: () => Left(chatId));
}

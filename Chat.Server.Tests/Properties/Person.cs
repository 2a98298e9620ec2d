using System.Collections.Concurrent;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>Somebody with an account, and everything that the server ever showed or promised them, on whatever device.</summary>
internal sealed class Person(string name, TestAccount account, Findings findings)
{
    private readonly ConcurrentDictionary<(long ChatId, long MessageId), long> _hiddenAt = [];
    private readonly ConcurrentDictionary<(long ChatId, long MessageId), long> _expiredAt = [];
    private readonly ConcurrentDictionary<long, Known<string?>> _contacts = [];
    private long _clock;

    public string Name => name;

    public TestAccount Account => account;

    public long UserId => account.UserId;

    /// <summary>Sends that were acknowledged, with the answer to the first try.</summary>
    public ConcurrentDictionary<Guid, (SendMessageRequest Request, SendMessageResult Result)> Sent { get; } = [];

    /// <summary>Messages that were to be sent later, by the names that they got.</summary>
    public ConcurrentDictionary<Guid, Later> Later { get; } = [];

    /// <summary>Messages of which the content was seen, in an answer or an event.</summary>
    public ConcurrentDictionary<(long ChatId, long MessageId), byte> Seen { get; } = [];

    /// <summary>Chats that something was heard of.</summary>
    public ConcurrentDictionary<long, byte> HeardOf { get; } = [];

    /// <summary>Files that this person uploaded.</summary>
    public ConcurrentQueue<long> Uploads { get; } = [];

    /// <summary>Signed addresses of files that this person was given.</summary>
    public ConcurrentDictionary<long, string> FileAddresses { get; } = [];

    public Known<bool> ReadReceipts { get; } = new(true);

    /// <summary>Who may add this person to groups.</summary>
    public Known<string> GroupsFor { get; } = new(Audiences.Everyone);

    /// <summary>Direct chats of this person with another one.</summary>
    public List<DirectReading> Readings { get; } = [];

    public IEnumerable<long> EverContacts => _contacts.Keys;

    /// <summary>The name that this person has for somebody; null for who is no contact.</summary>
    public Known<string?> NameOf(long userId) => _contacts.GetOrAdd(userId, _ => new Known<string?>(null));

    /// <summary>Whether it is this person's own: a channel does not say who wrote what, but one knows the names that one gave.</summary>
    public bool Wrote(MessageView message) =>
        message.SenderId == UserId || (message.SenderId == 0 && message.ClientMessageId is { } id && (Sent.ContainsKey(id) || Later.ContainsKey(id)));

    /// <summary>What counts as unread, of messages that this person sees.</summary>
    /// <param name="ownToo">Whether this person's own count, too.</param>
    public (int Messages, int Mentions) Unread(IEnumerable<MessageView> messages, long readUpTo, bool ownToo = false)
    {
        var unread = messages.Where(m => m.MessageId > readUpTo && m.DeletedAt is null).ToList();
        return (unread.Count(m => m.Type != MessageTypes.System && (ownToo || !Wrote(m))), unread.Count(m => m.Mentions?.Contains(UserId) == true));
    }

    /// <summary>A point in time, to be given to <see cref="Saw"/> with what a call that begins now answers.</summary>
    public long Now() => Interlocked.Increment(ref _clock);

    /// <summary>The server said that it is hidden: no answer to a later call may show it.</summary>
    public void Hid(long chatId, long messageId) => _hiddenAt.TryAdd((chatId, messageId), Now());

    /// <summary>Its time has come: no answer to a later call may show it.</summary>
    public void Outlived(long chatId, long messageId) => _expiredAt.TryAdd((chatId, messageId), Now());

    /// <param name="askedAt">When what showed it was asked for; null for an event.</param>
    public void Saw(MessageView? message, long? askedAt = null)
    {
        if (message is null) return;
        var (chatId, id) = (message.ChatId, message.MessageId);
        HeardOf.TryAdd(chatId, 0);
        Seen.TryAdd((chatId, id), 0);
        // Of what has expired nothing is left to hide, nor to see.
        if (!message.HasExpired() && Was(_hiddenAt, chatId, id, askedAt)) findings.Fault($"{name} hid message {id} of chat {chatId}, and was shown it afterwards: {message}");
        if (!message.HasExpired() && Was(_expiredAt, chatId, id, askedAt)) findings.Fault($"Message {id} of chat {chatId} expired, and {name} was shown it afterwards: {message}");
        if (message.ReplyTo is not { Type: not null } reply) return;
        Seen.TryAdd((chatId, reply.MessageId), 0);
        if (Was(_hiddenAt, chatId, reply.MessageId, askedAt)) findings.Fault($"{name} hid message {reply.MessageId} of chat {chatId}, and was shown it as quoted by {id}.");
        if (Was(_expiredAt, chatId, reply.MessageId, askedAt)) findings.Fault($"Message {reply.MessageId} of chat {chatId} expired, and {name} was shown it as quoted by {id}.");
    }

    private static bool Was(ConcurrentDictionary<(long ChatId, long MessageId), long> gone, long chatId, long messageId, long? askedAt) =>
        askedAt is { } asked && gone.TryGetValue((chatId, messageId), out var at) && at < asked;
}

/// <summary>What became of a message that was to be sent later.</summary>
internal sealed class Later(long chatId)
{
    private long _scheduledId;
    private volatile bool _isCanceled;

    public long ChatId => chatId;

    /// <summary>0 while nobody knows whether it waits.</summary>
    public long ScheduledId
    {
        get => Interlocked.Read(ref _scheduledId);
        set => Interlocked.Exchange(ref _scheduledId, value);
    }

    /// <summary>The server said that it is not sent.</summary>
    public bool IsCanceled
    {
        get => _isCanceled;
        set => _isCanceled = value;
    }
}

using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Notifications;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Notifications;

/// <summary>
/// What this node committed and nobody has been notified of yet. Fed on the message path, so it only notes chats and ids. Messages of a
/// chat are one entry, however many. What is in here is lost with the node, and what comes when it is full raises no notification; the messages
/// themselves are in the chats, unread.
/// </summary>
public sealed class NotificationBacklog(int capacity = NotificationBacklog.Capacity)
{
    /// <summary>Chats, and other news, that can wait: a megabyte or so.</summary>
    public const int Capacity = 20_000;

    private readonly Lock _gate = new();
    private Dictionary<long, ChatSpan> _spans = [];
    private List<ChatNews> _news = [];
    private long _dropped;

    public int Count
    {
        get
        {
            lock (_gate) return _spans.Count + _news.Count;
        }
    }

    /// <summary>Entries that found no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Add(IReadOnlyList<StoredMessage> messages)
    {
        lock (_gate)
        {
            foreach (var message in messages) Add(message.Row);
        }
    }

    public void JoinRequested(long chatId, long userId, IEnumerable<long> answering)
    {
        lock (_gate) AddNews(new ChatNews(NotificationTypes.JoinRequest, chatId, userId, MessageId: null, userId, [.. answering]));
    }

    /// <summary>Takes all out.</summary>
    public (IReadOnlyCollection<MessageSpan> Spans, IReadOnlyList<ChatNews> News) TakeAll()
    {
        Dictionary<long, ChatSpan> spans;
        List<ChatNews> news;
        lock (_gate)
        {
            (spans, news) = (_spans, _news);
            (_spans, _news) = ([], []);
        }
        return ([.. spans.Select(span => span.Value.Of(span.Key))], news);
    }

    private void Add(MessageRow row)
    {
        if (row.MessageType == MessageTypes.System)
        {
            AddInvited(row);
            return;
        }
        if (WithheldMessages.IsMarked(row.Body)) return;
        if (!_spans.TryGetValue(row.ChatId, out var span))
        {
            if (!HasRoom()) return;
            _spans.Add(row.ChatId, span = new ChatSpan());
        }
        span.Add(row);
    }

    private void AddInvited(MessageRow row)
    {
        var body = SystemBody.Read(row.Body);
        if (body?.Kind is not (SystemMessageKinds.GroupCreated or SystemMessageKinds.MembersAdded)) return;
        var invited = body.UserIds.Where(id => id != row.SenderId).ToList();
        if (invited.Count > 0) AddNews(new ChatNews(NotificationTypes.Invite, row.ChatId, SubjectId: 0, row.MessageId, row.SenderId, invited));
    }

    private void AddNews(ChatNews news)
    {
        if (HasRoom()) _news.Add(news);
    }

    private bool HasRoom()
    {
        if (_spans.Count + _news.Count < capacity) return true;
        _dropped++;
        return false;
    }

    /// <summary>What is known of one chat's messages: from where to where, and the newest of each sender.</summary>
    private sealed class ChatSpan
    {
        private readonly List<(long SenderId, long MessageId)> _newest = new(2);
        private long _first = long.MaxValue;
        private long _last;

        public MessageSpan Of(long chatId) =>
            new(chatId, From, _last, [.. _newest.Where(own => own.MessageId >= From).Select(own => own.MessageId)]);

        private long From => Math.Max(_first, _last - MessageSpan.MaxBack);

        public void Add(MessageRow row)
        {
            (_first, _last) = (Math.Min(_first, row.MessageId), Math.Max(_last, row.MessageId));
            for (var i = 0; i < _newest.Count; i++)
            {
                if (_newest[i].SenderId != row.SenderId) continue;
                if (_newest[i].MessageId < row.MessageId) _newest[i] = (row.SenderId, row.MessageId);
                return;
            }
            // Of so many senders some have written nothing since.
            if (_newest.Count > MessageSpan.MaxBack) _newest.RemoveAll(own => own.MessageId < From);
            _newest.Add((row.SenderId, row.MessageId));
        }
    }
}

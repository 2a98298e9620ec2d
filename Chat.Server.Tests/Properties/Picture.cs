using System.Text.Json;

namespace Chat.Server.Tests.Properties;

/// <summary>
/// What somebody sees, as lines with a name each, so that two of them can be compared and the difference read: one that a device built up
/// from events and syncs, or one that is read from the server from scratch.
/// </summary>
internal sealed class Picture
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly SortedDictionary<string, string> _lines = new(StringComparer.Ordinal);

    public static Picture Of(Device device)
    {
        var picture = new Picture();
        lock (device.Gate)
        {
            foreach (var chat in device.Chats.Values)
            {
                var head = chat.Head with { LastMessageId = chat.Messages.UpTo, LastChangeId = chat.Changes.UpTo, LastHideId = chat.Hidings.UpTo };
                List<MessageView> shown = [.. chat.Shown];
                var byId = shown.ToDictionary(m => m.MessageId);
                // The head of what a message answers is looked up for whoever reads: the message that is held is newer than a head that came along.
                var messages = shown.Select(m => m.ReplyTo is { } reply ? m with { ReplyTo = QuoteOf(reply.MessageId, byId) } : m).ToList();
                picture.Add(head, chat.Watermarks, messages, chat.Members, device.Person, chat.MarksOf);
            }
            picture.AddScheduled(device.Scheduled);
            if (device.Settings is { } settings) picture.AddSettings(settings);
        }
        return picture;
    }

    public void AddScheduled(IEnumerable<ScheduledMessageView> messages) =>
        _lines["scheduled"] = string.Join(", ", messages.OrderBy(m => m.ScheduledId).Select(m => $"{m.ScheduledId} at {m.SendAt:O} {m.Failure}"));

    public void AddSettings(SettingsView settings) => _lines["settings"] = Text(settings);

    /// <summary>The line of what somebody knows of the other one's read mark in a direct chat.</summary>
    public static string ReadOfOther(long chatId) => $"chat {chatId} ({ChatTypes.Direct}) read by the other";

    /// <param name="marksOf">What is known of the marks of a group's members.</param>
    public void Add(
        ChatView head, WatermarksView marks, IReadOnlyList<MessageView> messages, IReadOnlyList<ParticipantView> members, Person reader,
        Func<long, (long Delivered, long Read)> marksOf)
    {
        // A direct chat is in no list while nothing was written in it that reached this person, and nobody is told when that is so.
        if (head.Type == ChatTypes.Direct && messages.Count == 0) return;
        var name = $"chat {head.ChatId} ({head.Type})";
        _lines[$"{name} head"] = Text(new
        {
            head.Title, head.Description, head.Role, head.Permissions, head.DefaultPermissions, head.SlowModeSeconds, head.SilencedUntil,
            head.DisappearingSeconds,
        });
        _lines[$"{name} size"] = $"{head.MemberCount}";
        _lines[$"{name} positions"] = $"message {head.LastMessageId}, change {head.LastChangeId}, hiding {head.LastHideId}";
        _lines[$"{name} own settings"] = Text(head.Settings);
        _lines[$"{name} own marks"] = $"{marks.DeliveredUpTo} delivered, {marks.ReadUpTo} read";
        _lines[$"{name} unread"] = $"{reader.Unread(messages, marks.ReadUpTo)}";
        // Of one's own messages nobody else has any.
        if (head.Type == ChatTypes.Direct && head.Peer?.UserId != reader.UserId)
        {
            _lines[$"{name} delivered to the other"] = $"{marks.OthersDeliveredUpTo}";
            _lines[ReadOfOther(head.ChatId)] = $"{marks.OthersReadUpTo}";
        }
        foreach (var member in members)
        {
            var (delivered, read) = marksOf(member.User.UserId);
            _lines[$"{name} member {member.User.UserId}"] = $"{member.Role}, {delivered} delivered, {read} read";
        }
        foreach (var message in messages) _lines[$"{name} #{message.MessageId:000}"] = Text(Normal(message));
    }

    /// <summary>Lines that differ, as here and as there.</summary>
    /// <param name="untold">Endings of lines that are left out: what nobody is told, and only shows where one looks.</param>
    public IReadOnlyList<string> DifferencesFrom(Picture server, IReadOnlyList<string> untold) =>
    [
        .. _lines.Keys.Union(server._lines.Keys).Order(StringComparer.Ordinal)
            .Where(key => !untold.Any(ending => key.EndsWith(ending, StringComparison.Ordinal)))
            .Where(key => _lines.GetValueOrDefault(key) != server._lines.GetValueOrDefault(key))
            .Select(key => $"{key}\n    client: {_lines.GetValueOrDefault(key) ?? "–"}\n    server: {server._lines.GetValueOrDefault(key) ?? "–"}"),
    ];

    /// <summary>What a reply shows of what it answers, for somebody who sees these messages.</summary>
    public static ReplyView QuoteOf(long messageId, IReadOnlyDictionary<long, MessageView> seen) =>
        seen.TryGetValue(messageId, out var message) && message.DeletedAt is null
            ? new ReplyView(messageId, message.SenderId, message.Type, message.Text)
            : new ReplyView(messageId);

    /// <summary>Views are counted where one reads, and told to nobody.</summary>
    private static MessageView Normal(MessageView message) =>
        message with { MyVotes = message.MyVotes is { Count: > 0 } votes ? [.. votes.Order()] : null, Views = null };

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, Json);
}

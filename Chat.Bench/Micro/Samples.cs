using System.Collections.Frozen;
using Chat.Data.Chats;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Micro;

/// <summary>What the micro benchmarks work on: a message of 100 characters between two people.</summary>
internal static class Samples
{
    public const long ChatId = 4711;
    public const long SenderId = 100_001;

    public static string Text { get; } = new('x', 100);

    public static DateTime SentAt { get; } = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_560);

    public static MessageView Message(long messageId = 123_456) => new(
        ChatId, messageId, SenderId, Guid.Parse("0198c2f0-1234-7000-8000-0123456789ab"), MessageTypes.Text, Text, System: null, SentAt);

    public static Roster DirectChat(long chatId = ChatId) => new(
        chatId, ChatTypes.Direct, Version: 1,
        new[] { SenderId, SenderId + 1 }.ToFrozenDictionary(id => id, id => new RosterMember(id, ParticipantRoles.Member)));
}

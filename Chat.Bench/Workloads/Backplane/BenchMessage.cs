namespace Chat.Bench.Workloads.Backplane;

/// <summary>As large as the push of a message: about 250 bytes of JSON.</summary>
internal sealed record BenchMessage(long ChatId, long MessageId, Guid ClientMessageId, long SenderId, string Type, string Text, DateTime SentAt)
{
    public static BenchMessage Typical { get; } = new(
        123_456, 7_890, new Guid("11111111-2222-3333-4444-555555555555"), 987_654, "text", new string('x', 60), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
}

namespace Chat.Bench.Workloads.Group;

/// <summary>One member of a group sends, all others are online and receive.</summary>
/// <param name="Online">Members with a connection each, the sender included.</param>
/// <param name="Offline">Further members without one. Only the product knows of such.</param>
/// <param name="Window">Messages under way: acknowledged to the sender and received by every online member, or not yet.</param>
/// <param name="TextLength">Characters of a message.</param>
/// <param name="Channel">A channel instead of a group: one posts, the others read.</param>
public sealed record GroupOptions(int Online, int Offline, int Window, int TextLength, TimeSpan WarmUp, TimeSpan Measure, bool Channel = false)
{
    public static GroupOptions Default { get; } = new(
        Online: 500, Offline: 0, Window: 8, TextLength: 100, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
}

using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Realtime;

/// <summary>One event of <see cref="IChatClient"/>, for everybody in an audience.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Event">Its argument; immutable.</param>
/// <param name="Except">A connection that does not get it, for it learns of it otherwise; null for none.</param>
public readonly record struct PushedEvent(string Method, object Event, string? Except = null)
{
    public static PushedEvent MessagePosted(MessageView message, string? except) => new(nameof(IChatClient.MessagePosted), message, except);

    public static PushedEvent MessageChanged(MessageChangedEvent change) => new(nameof(IChatClient.MessageChanged), change);

    public static PushedEvent ReceiptsAdvanced(ReceiptsAdvancedEvent receipts, string? except) =>
        new(nameof(IChatClient.ReceiptsAdvanced), receipts, except);
}

/// <summary>
/// The door for what is pushed by the thousand. Contract: events go, in the order given, to the connections in any of the groups
/// (one that is in several gets them several times); a call waits for nobody and fails nobody; what is pushed in one call shares
/// its encoding and, where the transport allows, a connection's writes. Rarer pushes go through SignalR's hub context.
/// </summary>
public interface IEventPushes
{
    void Push(IReadOnlyList<string> groups, IReadOnlyList<PushedEvent> events);
}

using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

/// <summary>
/// What the server calls on a client. A push is a doorbell: it may be lost, doubled or late,
/// and the numbers in it tell; the database is the truth (<c>SyncChat</c>).
/// </summary>
public interface IChatClient
{
    /// <summary>A message was committed in one of your chats. The connection that sent it gets the call's result instead.</summary>
    Task MessagePosted(MessageView message);

    /// <summary>A message was edited, deleted or otherwise changed; the connection that did it hears it, too.</summary>
    Task MessageChanged(MessageChangedEvent change);

    /// <summary>You deleted messages for yourself; the device that did it hears it, too.</summary>
    Task MessagesHidden(MessagesHiddenEvent hidden);

    /// <summary>Delivered or read marks moved, of others or of your own on another device.</summary>
    Task ReceiptsAdvanced(ReceiptsAdvancedEvent receipts);

    /// <summary>A chat is new to you, or its head changed.</summary>
    Task ChatUpdated(ChatUpdatedEvent chat);

    /// <summary>You left or were removed.</summary>
    Task ChatRemoved(ChatRemovedEvent chat);

    /// <summary>Somebody asks to join a chat in which you may answer.</summary>
    Task JoinRequested(JoinRequestedEvent request);

    /// <summary>Your request to join was answered.</summary>
    Task JoinRequestAnswered(JoinRequestAnsweredEvent answer);

    /// <summary>You are to be told of something that you have not read for a few seconds.</summary>
    Task NotificationRaised(NotificationRaisedEvent notification);

    /// <summary>Somebody whom you watch came or went.</summary>
    Task PresenceChanged(PresenceView presence);

    /// <summary>Somebody began or stopped typing in one of your chats; perhaps yourself on another device.</summary>
    Task TypingChanged(TypingChangedEvent typing);

    /// <summary>A message of yours that waits for its time was added, moved, canceled or sent, or failed.</summary>
    Task ScheduledChanged(ScheduledChangedEvent change);

    /// <summary>You changed the settings of a chat, on another device.</summary>
    Task ChatSettingsChanged(ChatSettingsChangedEvent changed);

    /// <summary>You changed your settings, on another device.</summary>
    Task SettingsChanged(SettingsView settings);

    /// <summary>The server goes away: finish what you like, then connect again; a load balancer brings you to another one.</summary>
    Task ReconnectRequired(ReconnectRequiredEvent reconnect);

    /// <summary>The server knows that pushes may have been lost.</summary>
    Task ResyncRequired(ResyncRequiredEvent resync);
}

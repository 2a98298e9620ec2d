namespace Chat.Server.Hubs.Contract;

/// <summary>Some participants' marks moved forward (one in a direct chat, perhaps many in a group).</summary>
public sealed record ReceiptsAdvancedEvent(long ChatId, IReadOnlyList<ReceiptView> Receipts);

public sealed record ReceiptView(long UserId, long DeliveredUpTo, long ReadUpTo);

/// <summary>A chat appeared for you, or its head changed (title, picture, members). Fetch it with <c>GetChat</c> if you do not have it.</summary>
public sealed record ChatUpdatedEvent(long ChatId, string Type, string? Title, int MemberCount, long? PictureMediaId);

/// <summary>You are no longer in this chat. Drop what you hold of it.</summary>
public sealed record ChatRemovedEvent(long ChatId);

/// <summary>Pushes may have been lost. Call <c>SyncChat</c> for the chat, or for every chat when <paramref name="ChatId"/> is null.</summary>
/// <param name="Reason">For logs and people, not for programs.</param>
public sealed record ResyncRequiredEvent(long? ChatId, string Reason);

/// <summary>Connect again, to whichever server answers then.</summary>
/// <param name="AfterMs">Wait so long first, so that not everybody comes at once.</param>
/// <param name="Reason">For logs and people, not for programs.</param>
public sealed record ReconnectRequiredEvent(int AfterMs, string Reason);

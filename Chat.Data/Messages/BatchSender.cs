using Chat.Data.Permissions;

namespace Chat.Data.Messages;

/// <summary>
/// A sender of a batch, looked up under the chat's lock: the roster had changed, or the chat has slow mode. Nobody can change what it says
/// before the commit. Slow mode is exact for one node and for many, up to the difference of their clocks.
/// </summary>
internal sealed class BatchSender(long chatId, long userId, string chatType, string role, ChatPermissions permissions, DateTime? mutedUntil, DateTime? lastSentAt)
{
    private DateTime? _lastSentAt = lastSentAt;

    public long ChatId => chatId;

    public long UserId => userId;

    /// <summary>Whether a message of this batch must move the sender's time in the database.</summary>
    public bool HasSent { get; private set; }

    /// <returns>Null when the message may be stored.</returns>
    public AppendResult? Refuse(string messageType, TimeSpan slowMode, DateTime now)
    {
        if (!ChatRights.MayDo(ChatRights.Sending(messageType), chatType, role, permissions))
            return new AppendResult(AppendOutcome.Forbidden, 0, default);
        if (mutedUntil is { } muted && muted > now)
            return new AppendResult(AppendOutcome.Muted, 0, default, muted);
        if (slowMode > TimeSpan.Zero && ChatRights.IsSlowedDown(role) && _lastSentAt is { } last && last + slowMode > now)
            return new AppendResult(AppendOutcome.TooSoon, 0, default, last + slowMode);
        return null;
    }

    public void Sent(TimeSpan slowMode, DateTime now)
    {
        if (slowMode <= TimeSpan.Zero || !ChatRights.IsSlowedDown(role)) return;
        _lastSentAt = now;
        HasSent = true;
    }
}

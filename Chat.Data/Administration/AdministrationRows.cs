namespace Chat.Data.Administration;

/// <summary>A report, with the message as it was then.</summary>
/// <param name="ChatId">0: the person was reported, and no message.</param>
/// <param name="SuspendedUntil">Of the reported person, now.</param>
public sealed record ReportRow(
    long ReportId, long ReporterId, string ReporterName, long ReportedUserId, string ReportedName, DateTime? SuspendedUntil, long ChatId,
    long MessageId, string Reason, string? ReportComment, string? MessageType, string? MessageText, string? Body, DateTime? SentAt,
    DateTime CreatedAt, DateTime? ResolvedAt, long? ResolvedBy, string? Resolution);

/// <param name="AdminId">0: whoever runs the server.</param>
public sealed record AdminActionRow(
    long ActionId, long AdminId, string ActionKind, long? UserId, long? ChatId, long? MessageId, long? ReportId, string? Note, DateTime DoneAt);

/// <summary>What an admin did, to be written down.</summary>
public sealed record AdminAction(
    long AdminId, string Kind, DateTime Now, long? UserId = null, long? ChatId = null, long? MessageId = null, long? ReportId = null, string? Note = null);

/// <summary>Values of <c>admin_actions.action_kind</c>, as they stand on the wire.</summary>
public static class AdminActions
{
    public const string Appointed = "admin_appointed";
    public const string Dismissed = "admin_dismissed";
    public const string Suspended = "user_suspended";
    public const string Lifted = "suspension_lifted";
    public const string MessageDeleted = "message_deleted";
    public const string ReportResolved = "report_resolved";
}

public enum SuspensionOutcome
{
    Done,

    /// <summary>There is no such account.</summary>
    NotFound,

    /// <summary>Admins are dismissed first.</summary>
    IsAdmin,
}

namespace Chat.Server.Features.Administration;

/// <param name="Reports">Open ones: the oldest first. Resolved ones: the newest first.</param>
public sealed record ReportList(IReadOnlyList<ReportView> Reports, bool HasMore);

/// <param name="Message">As it was when it was reported; null when the person was reported.</param>
/// <param name="ReportedSuspendedUntil">UTC; null when the person is not suspended.</param>
/// <param name="Resolution">See <see cref="ResolveReportRequest"/>; null while it is open.</param>
public sealed record ReportView(
    long ReportId, long ReporterId, string ReporterName, long ReportedUserId, string ReportedName, DateTime? ReportedSuspendedUntil,
    string Reason, string? Comment, ReportedMessageView? Message, DateTime CreatedAt, DateTime? ResolvedAt, long? ResolvedBy, string? Resolution);

/// <param name="Body">JSON of what it had beside its text.</param>
public sealed record ReportedMessageView(long ChatId, long MessageId, string Type, string? Text, string? Body, DateTime SentAt);

/// <param name="Resolution"><c>dismissed</c> or <c>acted</c>.</param>
/// <param name="Note">1–500 characters for the log.</param>
public sealed record ResolveReportRequest(string Resolution, string? Note = null);

/// <param name="Until">UTC, in the future; null for ever.</param>
/// <param name="Note">1–500 characters for the log.</param>
public sealed record SuspendUserRequest(DateTime? Until = null, string? Note = null);

/// <param name="Note">1–500 characters for the log.</param>
public sealed record LiftSuspensionRequest(string? Note = null);

/// <param name="Note">1–500 characters for the log.</param>
public sealed record AdminDeleteMessageRequest(long ChatId, long MessageId, string? Note = null);

/// <param name="Actions">The newest first.</param>
public sealed record AdminActionList(IReadOnlyList<AdminActionView> Actions, bool HasMore);

/// <param name="AdminId">0: whoever runs the server.</param>
/// <param name="Kind"><c>admin_appointed</c>, <c>admin_dismissed</c>, <c>user_suspended</c>, <c>suspension_lifted</c>, <c>message_deleted</c>, <c>report_resolved</c>.</param>
public sealed record AdminActionView(
    long ActionId, long AdminId, string Kind, long? UserId, long? ChatId, long? MessageId, long? ReportId, string? Note, DateTime DoneAt);

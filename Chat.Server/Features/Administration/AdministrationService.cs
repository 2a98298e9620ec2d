using Chat.Data.Administration;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Messages;
using Chat.Server.Validation;

namespace Chat.Server.Features.Administration;

/// <summary>What admins may do. Who is one has been asked before.</summary>
internal sealed class AdministrationService(
    AdministrationRepository administration, IMessageEditor editor, ISessionRevocations revocations, TimeProvider time)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;
    private const int MaxNote = 500;
    private static readonly string[] Statuses = ["open", "resolved"];
    private static readonly string[] Resolutions = ["dismissed", "acted"];

    /// <summary>No end in sight.</summary>
    private static readonly DateTime Forever = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <exception cref="ChatException"><c>invalid</c></exception>
    public async Task<ReportList> ListReportsAsync(string? status, long? after, int? limit, CancellationToken cancellationToken)
    {
        var open = Check.OneOf("status", status ?? Statuses[0], Statuses) == Statuses[0];
        if (after is { } position) Check.Position("after", position);
        var count = Check.Range("limit", limit, 1, MaxLimit, DefaultLimit);
        var rows = await administration.ListReportsAsync(open, after, count + 1, cancellationToken);
        return new ReportList([.. rows.Take(count).Select(ToView)], rows.Count > count);
    }

    /// <exception cref="ChatException"><c>not_found</c>: no open report has this id; <c>invalid</c></exception>
    public async Task ResolveAsync(long adminId, long reportId, ResolveReportRequest request, CancellationToken cancellationToken)
    {
        Check.Id("reportId", reportId);
        Check.OneOf("resolution", request.Resolution, Resolutions);
        if (!await administration.ResolveAsync(adminId, reportId, request.Resolution, Note(request.Note), Now, cancellationToken))
            throw ChatException.NotFound("this open report");
    }

    /// <summary>Ends every session of the user at once, on every node; log-ins are refused until then.</summary>
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>: an admin; <c>invalid</c></exception>
    public async Task SuspendAsync(long adminId, long userId, SuspendUserRequest request, CancellationToken cancellationToken)
    {
        Check.Id("userId", userId);
        if (request.Until is { } end && (end.Kind != DateTimeKind.Utc || end <= Now || end >= Forever))
            throw ChatException.Invalid("until", "must be a time in UTC, in the future");
        await ApplyAsync(adminId, userId, request.Until ?? Forever, Note(request.Note), cancellationToken);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c></exception>
    public Task LiftAsync(long adminId, long userId, LiftSuspensionRequest request, CancellationToken cancellationToken) =>
        ApplyAsync(adminId, Check.Id("userId", userId), until: null, Note(request.Note), cancellationToken);

    /// <summary>Deletes a message for everybody, whoever wrote it and wherever.</summary>
    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c></exception>
    public async Task DeleteMessageAsync(long adminId, AdminDeleteMessageRequest request)
    {
        Check.Id("chatId", request.ChatId);
        Check.Id("messageId", request.MessageId);
        var action = new AdminAction(
            adminId, AdminActions.MessageDeleted, Now, ChatId: request.ChatId, MessageId: request.MessageId, Note: Note(request.Note));
        (await editor.DeleteByAdminAsync(request.ChatId, request.MessageId, action)).Outcome.Accept("messageId", "delete");
    }

    /// <exception cref="ChatException"><c>invalid</c></exception>
    public async Task<AdminActionList> ListActionsAsync(long? before, int? limit, CancellationToken cancellationToken)
    {
        if (before is { } position) Check.Position("before", position);
        var count = Check.Range("limit", limit, 1, MaxLimit, DefaultLimit);
        var rows = await administration.ListActionsAsync(before, count + 1, cancellationToken);
        return new AdminActionList(
            [.. rows.Take(count).Select(row => new AdminActionView(
                row.ActionId, row.AdminId, row.ActionKind, row.UserId, row.ChatId, row.MessageId, row.ReportId, row.Note, row.DoneAt))],
            rows.Count > count);
    }

    private async Task ApplyAsync(long adminId, long userId, DateTime? until, string? note, CancellationToken cancellationToken)
    {
        var (outcome, ended) = await administration.SuspendAsync(adminId, userId, until, note, Now, cancellationToken);
        if (outcome is SuspensionOutcome.NotFound) throw ChatException.NotFound("this user");
        if (outcome is SuspensionOutcome.IsAdmin) throw ChatException.Forbidden("an admin is dismissed first, by whoever runs the server");
        // From here on the caller's hanging up changes nothing: what is committed is also told.
        if (ended.Count > 0) await revocations.RevokedAsync(userId, ended, CancellationToken.None);
    }

    private static string? Note(string? note) => Check.OptionalText("note", note, 1, MaxNote, allowNewLines: true);

    private static ReportView ToView(ReportRow row) => new(
        row.ReportId, row.ReporterId, row.ReporterName, row.ReportedUserId, row.ReportedName, row.SuspendedUntil, row.Reason, row.ReportComment,
        row.ChatId == 0 ? null : new ReportedMessageView(row.ChatId, row.MessageId, row.MessageType!, row.MessageText, row.Body, row.SentAt!.Value),
        row.CreatedAt, row.ResolvedAt, row.ResolvedBy, row.Resolution);
}

using Chat.Data.Reports;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Reports;

/// <param name="PerDay">Reports that one person may make in 24 hours, over all nodes.</param>
public sealed record ReportOptions(int PerDay = 50);

/// <summary>Takes reports of messages and people, for the admins.</summary>
public sealed class ReportService(IReportStore reports, ReportOptions options, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>, <c>rate_limited</c>.</exception>
    public async Task<ReportResult> ReportMessageAsync(long userId, ReportMessageRequest request, CancellationToken cancellationToken)
    {
        var message = await reports.FindMessageAsync(userId, request.ChatId, request.MessageId, cancellationToken)
            ?? throw ChatException.NotFound("this message");
        if (message.AuthorId == userId) throw ChatException.Invalid("messageId", "is a message of your own");
        return await AddAsync(new NewReport(userId, message.AuthorId, request.Reason, request.Comment, message, Now), cancellationToken);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>, <c>rate_limited</c>.</exception>
    public async Task<ReportResult> ReportUserAsync(long userId, ReportUserRequest request, CancellationToken cancellationToken)
    {
        if (request.UserId == userId) throw ChatException.Invalid("userId", "must be somebody else");
        if (!await reports.UserExistsAsync(request.UserId, cancellationToken)) throw ChatException.NotFound("this user");
        return await AddAsync(new NewReport(userId, request.UserId, request.Reason, request.Comment, Message: null, Now), cancellationToken);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task<ReportResult> AddAsync(NewReport report, CancellationToken cancellationToken)
    {
        if (await reports.CountSinceAsync(report.ReporterId, report.Now.AddDays(-1), cancellationToken) >= options.PerDay)
            throw ChatException.RateLimited("too many reports today", RetryAfter);
        await reports.AddAsync(report, cancellationToken);
        return new ReportResult(Reported: true);
    }
}

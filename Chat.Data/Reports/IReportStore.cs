namespace Chat.Data.Reports;

/// <param name="ReportedUserId">The person, or the author of the message.</param>
/// <param name="Message">Null when the person is reported.</param>
public sealed record NewReport(long ReporterId, long ReportedUserId, string Reason, string? Comment, ReportedMessage? Message, DateTime Now);

/// <summary>A message as it is when it is reported.</summary>
public sealed record ReportedMessage(
    long ChatId, long MessageId, long AuthorId, string MessageType, string? MessageText, string? Body, DateTime SentAt);

/// <summary>What people report. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.</summary>
public interface IReportStore
{
    /// <returns>Null unless the reporter sees the message now, neither deleted nor a system message.</returns>
    Task<ReportedMessage?> FindMessageAsync(long reporterId, long chatId, long messageId, CancellationToken cancellationToken);

    /// <summary>Whether there is such an account.</summary>
    Task<bool> UserExistsAsync(long userId, CancellationToken cancellationToken);

    /// <summary>How many reports somebody has made since a time.</summary>
    Task<long> CountSinceAsync(long reporterId, DateTime since, CancellationToken cancellationToken);

    /// <summary>Stores a report, unless the reporter has reported the same before.</summary>
    Task AddAsync(NewReport report, CancellationToken cancellationToken);
}

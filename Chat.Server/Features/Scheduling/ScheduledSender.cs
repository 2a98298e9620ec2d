using Chat.Data;
using Chat.Data.Jobs;
using Chat.Data.Messages;
using Chat.Data.Scheduling;
using Chat.Server.Errors;
using Chat.Server.Features.Messages;
using Chat.Server.Hosting;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Scheduling;

/// <param name="CheckInterval">How often one of the nodes looks for messages whose time has come.</param>
public sealed record ScheduleOptions(TimeSpan CheckInterval)
{
    public ScheduleOptions() : this(TimeSpan.FromSeconds(1))
    {
    }

    public static (string Key, string Reason)? Check(ScheduleOptions options) =>
        options.CheckInterval < TimeSpan.FromMilliseconds(100) || options.CheckInterval > TimeSpan.FromDays(1)
            ? ("CheckInterval", "must be from 100 ms to a day")
            : null;
}

/// <summary>
/// Sends messages whose time has come, by the way and the rules of every other. One node at a time looks for them, and claims what it sends. A
/// node that ends in between leaves its claim to run out, and another tries again: under the same client message id, so that the chat
/// holds the message once.
/// </summary>
internal sealed partial class ScheduledSender(
    IScheduledStore store, JobLeaseRepository leases, SendMessageService sending, ScheduledNotifier notifier, ScheduleOptions options,
    JobMetrics metrics, TimeProvider time, ILogger<ScheduledSender> logger)
    : BackgroundService
{
    internal const string Job = "scheduled-sender";
    private const int BatchSize = 100;

    private static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(60);

    /// <summary>After a refusal that may pass, where it does not say when.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>So long after its time it is tried; then its author is told that it failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RepeatAsync(options.CheckInterval, time, SendInTurnAsync, Postponed, stoppingToken);

    private void Postponed(Exception exception)
    {
        metrics.Postponed(Job);
        LogPostponed(logger, exception);
    }

    private async Task SendInTurnAsync(CancellationToken cancellationToken)
    {
        // Looking costs next to nothing, and nothing is written while there is nothing to do.
        if (await store.HasDueAsync(Now, cancellationToken) && await leases.TryTakeTurnAsync(Job, options.CheckInterval, Now, cancellationToken))
            await SendDueAsync(cancellationToken);
    }

    internal async Task SendDueAsync(CancellationToken cancellationToken)
    {
        while (await store.ClaimDueAsync(Now, Now + ClaimTime, BatchSize, cancellationToken) is { Count: > 0 } due)
        {
            // In order where they go to one chat, side by side where not.
            await Task.WhenAll(due.GroupBy(row => row.ChatId).Select(async chat =>
            {
                foreach (var row in chat)
                    if (!cancellationToken.IsCancellationRequested) await SendAsync(row);
            }));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task SendAsync(ScheduledRow row)
    {
        try
        {
            var result = await sending.SendAsync(row.UserId, connectionId: "", row.ReadRequest());
            await store.RemoveAsync(row.ScheduledId, CancellationToken.None);
            notifier.Changed(row.UserId, "", row, ScheduledStates.Sent, result.MessageId);
            metrics.Done(Job);
        }
        catch (ChatException exception)
        {
            await RefusedAsync(row, exception.Code, exception.RetryAfter);
        }
        catch (AppenderBusyException)
        {
            await RefusedAsync(row, ErrorCodes.Unavailable, retryAfter: null);
        }
        catch (Exception exception) when (exception is not DataUnavailableException)
        {
            // A fault with one message must not keep the others back, nor end the node.
            LogFault(logger, row.ScheduledId, exception);
            await RefusedAsync(row, ErrorCodes.Internal, retryAfter: null);
        }
    }

    private async Task RefusedAsync(ScheduledRow row, string code, TimeSpan? retryAfter)
    {
        if (ErrorCodes.Find(code).Retryable && Now < row.SendAt + Patience)
        {
            await store.PostponeAsync(row.ScheduledId, Now + (retryAfter ?? RetryDelay), CancellationToken.None);
            metrics.Postponed(Job);
            return;
        }
        await store.FailAsync(row.ScheduledId, code, CancellationToken.None);
        notifier.Changed(row.UserId, "", row with { Failure = code }, ScheduledStates.Failed);
        metrics.Failed(Job);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Scheduled message {ScheduledId} could not be sent")]
    private static partial void LogFault(ILogger logger, long scheduledId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending scheduled messages is postponed")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}

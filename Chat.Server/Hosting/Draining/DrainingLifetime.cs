using System.Runtime.InteropServices;

namespace Chat.Server.Hosting.Draining;

/// <summary>
/// Ends the host on signals. SIGTERM (an orchestrator) drains first; SIGINT and SIGQUIT (a person at a terminal), or a second
/// SIGTERM, stop at once. The framework's own lifetime would cut every connection the moment SIGTERM arrives.
/// </summary>
internal sealed partial class DrainingLifetime(NodeDrain drain, IHostApplicationLifetime application, ILogger<DrainingLifetime> logger)
    : IHostLifetime, IDisposable
{
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, drainFirst: true)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, drainFirst: false)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => OnSignal(context, drainFirst: false)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context, bool drainFirst)
    {
        // The process goes on until the host has stopped.
        context.Cancel = true;
        if (drainFirst && !drain.IsDraining)
        {
            _ = DrainAndStopAsync();
            return;
        }
        _hurry.Cancel();
        application.StopApplication();
    }

    private async Task DrainAndStopAsync()
    {
        try
        {
            await drain.DrainAsync(_hurry.Token);
        }
        catch (OperationCanceledException)
        {
            // Somebody is in a hurry.
        }
        catch (Exception exception)
        {
            LogDrainFailed(logger, exception);
        }
        application.StopApplication();
    }

    [LoggerMessage(1, LogLevel.Error, "The drain failed; stopping now")]
    private static partial void LogDrainFailed(ILogger logger, Exception exception);
}

using System.Diagnostics;
using Chat.Bench.Checker;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>All clients of a run, and what makes them busy: everybody writes now and then, and now and then somebody's connection is cut.</summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    /// <summary>Who has so much unsent stops writing.</summary>
    private const int MaxUnacknowledged = 1000;

    private readonly ChaosOptions _options;
    private readonly IReadOnlyList<ResilientClient> _clients;
    private readonly CancellationTokenSource _writing = new();
    private Task _work = Task.CompletedTask;

    public ChaosLoad(IReadOnlyList<ChaosUser> users, ChaosOptions options)
    {
        _options = options;
        _clients = [.. users.Select(user => new ResilientClient(user.User, user.ChatIds, options.Client, Counters))];
    }

    public ChaosCounters Counters { get; } = new();

    /// <summary>Connects everybody, then lets them write.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var client in _clients) client.Start();
        while (!_clients.All(client => client.IsConnected)) await Task.Delay(20, cancellationToken);
        _work = Task.WhenAll([.. _clients.Select(WriteAsync), DropAsync()]);
    }

    /// <summary>Nobody writes any more; waits until all is sent and answered, then syncs every client to the end.</summary>
    /// <exception cref="BenchException">Something was still open after the drain timeout.</exception>
    public async Task ConvergeAsync(CancellationToken cancellationToken)
    {
        await StopWritingAsync();
        var start = Stopwatch.GetTimestamp();
        while (!_clients.All(client => client.IsIdle))
        {
            if (Stopwatch.GetElapsedTime(start) > _options.DrainTimeout)
                throw new BenchException(
                    $"{_clients.Sum(c => c.Unacknowledged)} messages of {_clients.Count(c => !c.IsIdle)} users were still open "
                    + $"{_options.DrainTimeout.TotalSeconds} s after the last was written; {_clients.Count(c => c.IsConnected)} of {_clients.Count} are connected.");
            await Task.Delay(20, cancellationToken);
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.DrainTimeout);
        // One after the other per client; clients side by side.
        await Task.WhenAll(_clients.Select(client => client.ConvergeAsync(timeout.Token)));
        // What the last syncs brought is marked as well.
        while (!_clients.All(client => client.IsIdle)) await Task.Delay(20, timeout.Token);
    }

    public RunRecord ToRecord() => new([.. _clients.Select(client => client.ToRecord())]);

    public async ValueTask DisposeAsync()
    {
        await StopWritingAsync();
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        _writing.Dispose();
    }

    private async Task StopWritingAsync()
    {
        await _writing.CancelAsync();
        await _work;
    }

    private async Task WriteAsync(ResilientClient client)
    {
        for (var number = 1; await WaitAsync(_options.SendInterval); number++)
        {
            if (client.Unacknowledged >= MaxUnacknowledged) continue;
            var chatId = client.ChatIds[Random.Shared.Next(client.ChatIds.Count)];
            client.Send(chatId, $"{number}: {new string('x', Random.Shared.Next(1, 200))}");
        }
    }

    private async Task DropAsync()
    {
        while (await WaitAsync(_options.DropInterval)) _clients[Random.Shared.Next(_clients.Count)].Drop();
    }

    /// <param name="average">The time is drawn evenly from half to one and a half of it.</param>
    private async Task<bool> WaitAsync(TimeSpan average)
    {
        try
        {
            await Task.Delay(average * (0.5 + Random.Shared.NextDouble()), _writing.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

using System.Diagnostics;
using Chat.Bench.Checker;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>All clients of a run, and what makes them busy: everybody writes now and then, and now and then somebody's connection is cut.</summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    /// <summary>Who has so much unsent stops writing.</summary>
    private const int MaxUnacknowledged = 1000;

    private readonly ChaosOptions _options;
    private readonly CancellationTokenSource _writing = new();
    private Task _work = Task.CompletedTask;

    public ChaosLoad(IReadOnlyList<ChaosUser> users, ChaosOptions options)
    {
        _options = options;
        Clients = [.. users.Select(user => new ResilientClient(user, options.Client, Counters))];
    }

    public ChaosCounters Counters { get; } = new();

    public IReadOnlyList<ResilientClient> Clients { get; }

    /// <summary>Connects everybody, then lets them write.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var client in Clients) client.Start();
        while (!Clients.All(client => client.IsConnected)) await Task.Delay(20, cancellationToken);
        _work = Task.WhenAll([.. Clients.Select(WriteAsync), DropAsync()]);
    }

    /// <summary>Nobody writes any more; waits until everything of those who are there is sent and answered.</summary>
    /// <exception cref="BenchException">Something was still open after the drain timeout.</exception>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await StopWritingAsync();
        var start = Stopwatch.GetTimestamp();
        while (Clients.Where(c => !c.HasLeft && !(c.IsConnected && c.IsIdle)).ToList() is { Count: > 0 } open)
        {
            if (Stopwatch.GetElapsedTime(start) > _options.DrainTimeout)
                throw new BenchException(
                    $"{open.Sum(c => c.Unacknowledged)} messages of {open.Count} users were still open "
                    + $"{_options.DrainTimeout.TotalSeconds} s after the last was written; {open.Count(c => c.IsConnected)} of them are connected.");
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Syncs every client to the end of every chat, whatever it has.</summary>
    public async Task SyncAllAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.DrainTimeout);
        // One chat after the other per client; clients side by side.
        await Task.WhenAll(Clients.Select(client => client.ConvergeAsync(timeout.Token)));
        // What the last syncs brought is marked as well.
        while (!Clients.All(client => client.IsIdle)) await Task.Delay(20, timeout.Token);
    }

    public RunRecord ToRecord() => new([.. Clients.Select(client => client.ToRecord())]);

    public async ValueTask DisposeAsync()
    {
        await StopWritingAsync();
        await Task.WhenAll(Clients.Select(client => client.DisposeAsync().AsTask()));
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
            if (client.Unacknowledged >= MaxUnacknowledged || client.HasLeft) continue;
            client.Send(ChooseChat(client.User), $"{number}: {new string(_options.Letter, Random.Shared.Next(_options.MinTextLength, _options.MaxTextLength))}");
        }
    }

    private long ChooseChat(ChaosUser user) =>
        user.GroupIds.Count > 0 && Random.Shared.NextDouble() < _options.GroupShare
            ? user.GroupIds[Random.Shared.Next(user.GroupIds.Count)]
            : user.DirectChatId;

    private async Task DropAsync()
    {
        if (_options.DropInterval == Timeout.InfiniteTimeSpan) return;
        while (await WaitAsync(_options.DropInterval)) Clients[Random.Shared.Next(Clients.Count)].Drop();
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

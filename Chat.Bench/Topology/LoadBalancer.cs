using System.Diagnostics;

namespace Chat.Bench.Topology;

/// <summary>HAProxy in front of the nodes, configured as in production (<c>eng/loadbalancer/haproxy.cfg</c>).</summary>
public sealed class LoadBalancer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ServerLog _log = new();

    private LoadBalancer(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _log.Follow(process);
    }

    public Uri Address { get; }

    /// <summary>Starts it on a free port, once the nodes are ready, and waits until it answers for them.</summary>
    /// <exception cref="BenchException">It is not there and cannot be installed, or it did not begin to answer.</exception>
    public static async Task<LoadBalancer> StartAsync(Uri first, Uri second, CancellationToken cancellationToken)
    {
        var eng = Path.Combine(RepositoryRoot.Find(), "eng");
        var program = await Script.RunAsync(Path.Combine(eng, "haproxy.sh"), [], new Dictionary<string, string>(), cancellationToken);
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var start = new ProcessStartInfo(program.Trim()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-db", "-f", Path.Combine(eng, "loadbalancer", "haproxy.cfg")]) start.ArgumentList.Add(argument);
        start.Environment["CHAT_LB_BIND"] = address.Authority;
        start.Environment["CHAT_NODE1"] = first.Authority;
        start.Environment["CHAT_NODE2"] = second.Authority;

        var balancer = new LoadBalancer(Process.Start(start) ?? throw new BenchException("HAProxy could not be started."), address);
        try
        {
            await balancer.WaitUntilReadyAsync(cancellationToken);
        }
        catch
        {
            await balancer.DisposeAsync();
            throw;
        }
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await Health.IsReadyAsync(Address, cancellationToken))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > StartTimeout)
                throw new BenchException($"HAProxy did not begin to answer:\n{_log.Excerpt}");
            await Task.Delay(50, cancellationToken);
        }
    }
}

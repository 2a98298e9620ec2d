using System.Diagnostics;
using Chat.Bench.Client;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>Thousands who are connected and do nothing, each in a group of two hundred.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int GroupSize = 200;

    private readonly IReadOnlyList<CrowdClient> _clients;

    private Crowd(IEnumerable<BenchUser> users) => _clients = [.. users.Select(user => new CrowdClient(user))];

    public int Count => _clients.Count;

    public int Inside => _clients.Count(client => client.IsIn);

    public int Refused => _clients.Sum(client => client.Refused);

    public static async Task<Crowd> MakeAsync(Uri address, int count, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var users = await BenchUsers.RegisterAsync(address, ServerProcess.HubOf(address), count, progress, cancellationToken);
        foreach (var (members, index) in users.Chunk(GroupSize).Select((members, index) => (members, index)))
            await ChaosSetup.CreateGroupAsync($"Crowd {index + 1}", members, cancellationToken);
        return new Crowd(users);
    }

    public void Start()
    {
        foreach (var client in _clients) client.Start();
    }

    /// <summary>Cuts every connection at once.</summary>
    public void DropAll()
    {
        foreach (var client in _clients) client.Drop();
    }

    /// <returns>How long it took until everybody was in; null when that was not so within the limit.</returns>
    public async Task<TimeSpan?> UntilAllInsideAsync(TimeSpan limit, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (Inside is var inside && inside < Count)
        {
            progress.Report((double)inside / Count);
            if (Stopwatch.GetElapsedTime(start) > limit) return null;
            await Task.Delay(50, cancellationToken);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync() =>
        await Parallel.ForEachAsync(_clients, CancellationToken.None, (client, _) => client.DisposeAsync());
}

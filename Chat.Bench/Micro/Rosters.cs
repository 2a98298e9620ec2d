using BenchmarkDotNet.Attributes;
using Chat.Data.Chats;
using Chat.Server.Realtime;

namespace Chat.Bench.Micro;

/// <summary>May this person post here? Asked for every message, and answered from memory.</summary>
[MemoryDiagnoser]
public class Rosters : IDisposable
{
    private static readonly Task<bool> Yes = Task.FromResult(true);
    private static readonly Task<bool> No = Task.FromResult(false);

    private RosterCache? _rosters;

    [GlobalSetup]
    public async Task SetUp()
    {
        _rosters = new RosterCache(new OneChat(), TimeProvider.System, RosterCacheOptions.Default);
        await _rosters.GetAsync(Samples.ChatId);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _rosters?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public Task<bool> UseKnownRoster() =>
        _rosters!.UseAsync(Samples.ChatId, static roster => roster is not null && roster.Has(Samples.SenderId) ? Yes : No);

    private sealed class OneChat : IRosterReader
    {
        public Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken) => Task.FromResult<Roster?>(Samples.DirectChat());

        public Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<long>> ListPresentAsync(long chatId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}

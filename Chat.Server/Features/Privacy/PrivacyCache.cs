using System.Collections.Concurrent;
using Chat.Data.Settings;
using Chat.Server.Realtime.Cluster;

namespace Chat.Server.Features.Privacy;

/// <summary>
/// What people let others see, as far as this node has asked. A change is told to every node; what the news of it did not reach is read again
/// after <see cref="Lifetime"/>. Many people cost one read.
/// </summary>
public sealed class PrivacyCache : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Past that the cache starts afresh: rarer, and simpler, than to find out who was used least.</summary>
    private const int MaxPeople = 50_000;

    private readonly IPrivacyReader _reader;
    private readonly IClusterBus _bus;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, Known> _people = new();
    private long _generation;

    public PrivacyCache(IPrivacyReader reader, IClusterBus bus, TimeProvider time)
    {
        (_reader, _bus, _time) = (reader, bus, time);
        bus.Heard += Hear;
        bus.NewsLost += Clear;
    }

    /// <summary>Somebody's privacy is another now, on whichever node it was changed. Called after it was forgotten here; must not block.</summary>
    public event Action<long>? Changed;

    /// <returns>Each of the people, also those who have set nothing.</returns>
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<IReadOnlyDictionary<long, PersonPrivacy>> GetAsync(IEnumerable<long> userIds, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, PersonPrivacy>();
        List<long>? missing = null;
        foreach (var userId in userIds.Distinct())
        {
            if (FindFresh(userId) is { } known) found.Add(userId, known);
            else (missing ??= []).Add(userId);
        }
        if (missing is null) return found;

        var generation = Interlocked.Read(ref _generation);
        var readAt = _time.GetTimestamp();
        foreach (var person in await _reader.ListAsync(missing, cancellationToken))
        {
            found.Add(person.UserId, person);
            Keep(new Known(person, readAt), generation);
        }
        return found;
    }

    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<PersonPrivacy> GetAsync(long userId, CancellationToken cancellationToken) =>
        FindFresh(userId) ?? (await GetAsync([userId], cancellationToken))[userId];

    /// <summary>After a committed change: every node reads it again.</summary>
    public void HasChanged(long userId)
    {
        Forget(userId);
        _bus.Tell(new ClusterNews(ClusterNewsKinds.PrivacyChanged, userId, []));
        Changed?.Invoke(userId);
    }

    public void Dispose()
    {
        _bus.Heard -= Hear;
        _bus.NewsLost -= Clear;
    }

    private void Hear(ClusterNews news)
    {
        if (news.Kind != ClusterNewsKinds.PrivacyChanged) return;
        Forget(news.Id);
        Changed?.Invoke(news.Id);
    }

    private PersonPrivacy? FindFresh(long userId) =>
        _people.TryGetValue(userId, out var known) && _time.GetElapsedTime(known.ReadAt) < Lifetime ? known.Person : null;

    private void Keep(Known known, long generation)
    {
        if (_people.Count >= MaxPeople) _people.Clear();
        _people[known.Person.UserId] = known;
        // Somebody's privacy changed while this was read: perhaps it is the old one. Looked at last, so that no change falls in between.
        if (Interlocked.Read(ref _generation) != generation) _people.TryRemove(known.Person.UserId, out _);
    }

    private void Forget(long userId)
    {
        Interlocked.Increment(ref _generation);
        _people.TryRemove(userId, out _);
    }

    private void Clear()
    {
        Interlocked.Increment(ref _generation);
        _people.Clear();
    }

    private sealed record Known(PersonPrivacy Person, long ReadAt);
}

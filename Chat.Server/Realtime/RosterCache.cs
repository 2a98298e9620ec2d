using System.Collections.Concurrent;
using Chat.Data.Chats;

namespace Chat.Server.Realtime;

/// <param name="Lifetime">After this a roster is read again, in case the news of a change was lost.</param>
/// <param name="IdleTime">An entry that nobody used for so long is dropped.</param>
public sealed record RosterCacheOptions(TimeSpan Lifetime, TimeSpan IdleTime)
{
    public static RosterCacheOptions Default { get; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
}

/// <summary>
/// The rosters that this node works with. It may be behind the database for a moment; what must not be is checked there again
/// (a send under the chat's lock, a read through the participant's row).
/// <para>Contract: uses of one chat's roster run in the order in which they were asked for, also those that wait for it to be read.</para>
/// </summary>
public sealed class RosterCache(IRosterReader reader, TimeProvider time, RosterCacheOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<long, Entry> _entries = new();
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _sweeper;
    private long _hits;
    private long _loads;

    public int Count => _entries.Count;

    /// <summary>Uses of a roster that was known, since the start.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Rosters read from the database since the start.</summary>
    public long Loads => Interlocked.Read(ref _loads);

    /// <summary>
    /// Calls <paramref name="use"/> with the chat's roster, null when there is no such chat: at once when it is known, else in line.
    /// </summary>
    /// <param name="use">Must not block; what it does before its first await happens in order.</param>
    public Task<T> UseAsync<T>(long chatId, Func<Roster?, Task<T>> use)
    {
        while (true)
        {
            var entry = _entries.GetOrAdd(chatId, _ => new Entry());
            if (FreshRoster(entry) is { } roster)
            {
                Interlocked.Increment(ref _hits);
                return use(roster);
            }

            lock (entry)
            {
                if (entry.Dropped) continue;
                if (FreshRoster(entry) is { } known) return use(known);
                var turn = new Turn<T>(use);
                entry.Line.Add(turn);
                if (entry.Line.Count == 1) _ = LoadAsync(chatId, entry);
                return turn.Result;
            }
        }
    }

    /// <summary>The chat's roster if it is known now; null when it would have to be read, or there is no such chat.</summary>
    public Roster? Known(long chatId) => _entries.TryGetValue(chatId, out var entry) ? FreshRoster(entry) : null;

    /// <summary>The chat's roster, null when there is no such chat.</summary>
    public Task<Roster?> GetAsync(long chatId) => UseAsync(chatId, Task.FromResult);

    /// <summary>Forgets a roster: the next use reads it again.</summary>
    public void Invalidate(long chatId)
    {
        if (!_entries.TryGetValue(chatId, out var entry)) return;
        lock (entry)
        {
            entry.Generation++;
            entry.Known = null;
        }
    }

    /// <summary>Forgets all: news of changes may have been lost.</summary>
    public void Clear()
    {
        foreach (var chatId in _entries.Keys) Invalidate(chatId);
    }

    public void StartSweeping() =>
        _sweeper ??= time.CreateTimer(_ => Sweep(), null, options.IdleTime / 4, options.IdleTime / 4);

    public void Dispose()
    {
        _sweeper?.Dispose();
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private Roster? FreshRoster(Entry entry)
    {
        var known = entry.Known;
        if (known is null) return null;
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(known.ReadAt, now) > options.Lifetime) return null;
        entry.UsedAt = now;
        return known.Roster;
    }

    private async Task LoadAsync(long chatId, Entry entry)
    {
        while (true)
        {
            int generation;
            lock (entry) generation = entry.Generation;
            try
            {
                var readAt = time.GetTimestamp();
                Interlocked.Increment(ref _loads);
                var roster = await reader.GetAsync(chatId, _stopping.Token);
                lock (entry)
                {
                    // Invalidated while it was being read: what we have may be the old one.
                    if (entry.Generation != generation) continue;
                    entry.Advance(turn => turn.Take(roster));
                    if (roster is not null) entry.Known = new KnownRoster(roster, readAt);
                    entry.UsedAt = time.GetTimestamp();
                }
            }
            catch (Exception exception)
            {
                lock (entry) entry.Advance(turn => turn.Fail(exception));
            }
            return;
        }
    }

    private void Sweep()
    {
        var now = time.GetTimestamp();
        foreach (var (chatId, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.UsedAt, now) < options.IdleTime) continue;
            lock (entry)
            {
                if (entry.Line.Count > 0) continue;
                entry.Dropped = true;
                _entries.TryRemove(chatId, out _);
            }
        }
    }

    private sealed record KnownRoster(Roster Roster, long ReadAt);

    private sealed class Entry
    {
        public volatile KnownRoster? Known;
        public long UsedAt;
        public int Generation;
        public bool Dropped;

        /// <summary>Who waits for the roster, in order. Not empty means that it is being read.</summary>
        public List<ITurn> Line { get; } = [];

        public void Advance(Action<ITurn> step)
        {
            foreach (var turn in Line) step(turn);
            Line.Clear();
        }
    }

    private interface ITurn
    {
        void Take(Roster? roster);

        void Fail(Exception exception);
    }

    private sealed class Turn<T>(Func<Roster?, Task<T>> use) : ITurn
    {
        private readonly TaskCompletionSource<Task<T>> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _taken.Task.Unwrap();

        public void Take(Roster? roster)
        {
            try
            {
                _taken.SetResult(use(roster));
            }
            catch (Exception exception)
            {
                _taken.SetException(exception);
            }
        }

        public void Fail(Exception exception) => _taken.SetException(exception);
    }
}

using System.Collections.Concurrent;
using System.Data.Common;

namespace Chat.Data;

/// <summary>
/// Short reads of many callers, those that wait at the same time in one command. A look-up by a key costs the database less than receiving
/// it and answering does, and this process as well: a crowd that comes back asks for thousands. Who comes alone is read for at once.
/// </summary>
/// <param name="atOnce">Commands under way at the same time; at least 1.</param>
internal sealed class ReadsTogether(ChatDatabase database, int atOnce)
{
    private const int MaxBatch = 16;

    private readonly ConcurrentQueue<Item> _waiting = new();
    private int _running;

    /// <param name="sql">One SELECT, with its values in the text: numbers and times, nothing that comes from outside as it is.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    /// <exception cref="DataUnavailableException">The database cannot be reached, or went away meanwhile.</exception>
    public Task<T> ReadAsync<T>(string sql, Func<DbDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        var item = new Item<T>(sql, read);
        _waiting.Enqueue(item);
        StartIfFree();
        return item.Result.WaitAsync(cancellationToken);
    }

    private void StartIfFree()
    {
        for (var running = Volatile.Read(ref _running); running < atOnce; running = Volatile.Read(ref _running))
        {
            if (Interlocked.CompareExchange(ref _running, running + 1, running) != running) continue;
            _ = RunAsync();
            return;
        }
    }

    private async Task RunAsync()
    {
        // Not within the caller, who may have more to ask for.
        await Task.Yield();
        var batch = new List<Item>();
        while (true)
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _waiting.TryDequeue(out var item)) batch.Add(item);
            if (batch.Count == 0) break;
            await ReadAsync(batch);
        }
        Interlocked.Decrement(ref _running);
        // Somebody may have come between the last look and the leaving, and have found nobody free.
        if (!_waiting.IsEmpty) StartIfFree();
    }

    private async Task ReadAsync(List<Item> batch)
    {
        try
        {
            await database.QueryAsync(connection => ReadAsync(connection, batch), CancellationToken.None);
        }
        catch (Exception exception) when (batch.Count == 1 || exception is DataUnavailableException)
        {
            foreach (var item in batch) item.Fail(exception);
        }
        catch (Exception)
        {
            // The fault is of one of them, and not the others'.
            foreach (var item in batch.Where(item => !item.IsDone)) await ReadAsync([item]);
        }
    }

    private static async Task<int> ReadAsync(DbConnection connection, List<Item> batch)
    {
        await using var command = connection.CreateCommand();
        // Those that were answered before something broke need not be read again.
        var items = batch.Where(item => !item.IsDone).ToList();
        command.CommandText = items.Count == 1 ? items[0].Sql : string.Join(";\n", items.Select(item => item.Sql));
        await using var reader = await command.ExecuteReaderAsync();
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) await reader.NextResultAsync();
            await items[i].ReadAsync(reader);
        }
        return items.Count;
    }

    private abstract class Item(string sql)
    {
        public string Sql => sql;

        public abstract bool IsDone { get; }

        public abstract Task ReadAsync(DbDataReader reader);

        public abstract void Fail(Exception exception);
    }

    private sealed class Item<T>(string sql, Func<DbDataReader, Task<T>> read) : Item(sql)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        public override bool IsDone => _result.Task.IsCompleted;

        public override async Task ReadAsync(DbDataReader reader) => _result.TrySetResult(await read(reader));

        public override void Fail(Exception exception) => _result.TrySetException(exception);
    }
}

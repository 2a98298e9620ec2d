using Chat.Bench.Measuring;
using Chat.Data;

namespace Chat.Bench.Topology;

/// <summary>A server that a workload runs against, with what the workload may know of it.</summary>
public sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly Func<int?> _processId;

    private ServerUnderTest(
        ServerKind kind, Uri address, ServerProcess? process, Func<int?> processId, ServerProbe? probe, ChatDatabase? database, int? databaseProcessId)
    {
        Kind = kind;
        Address = address;
        Process = process;
        Database = database;
        _processId = processId;
        Probe = probe;
        Meter = new ServerMeter(new CpuMeter(processId, databaseProcessId), probe);
    }

    public ServerKind Kind { get; }

    public Uri Address { get; }

    public Uri Hub => ServerProcess.HubOf(Address);

    /// <summary>Null when somebody else started it.</summary>
    public ServerProcess? Process { get; }

    /// <summary>Null when it does not run on this machine, or is not known.</summary>
    public int? ProcessId => _processId();

    /// <summary>Null when there is none, or it is not known here.</summary>
    public ChatDatabase? Database { get; }

    /// <summary>Null when somebody else started it, or it was not asked for.</summary>
    public ServerProbe? Probe { get; }

    public ServerMeter Meter { get; }

    /// <summary>Starts a server on a database of its own within the private instance.</summary>
    /// <param name="instance">May be null for a kind without a database.</param>
    /// <param name="name">Of the database: <c>chat_…</c>; it is created when it is missing.</param>
    /// <param name="probed">Whether its runtime's counters will be read; it then starts a little later.</param>
    public static async Task<ServerUnderTest> StartAsync(
        ServerKind kind, PrivateDatabase? instance, string name, IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken,
        bool probed = true)
    {
        var database = await MakeDatabaseAsync(kind, instance, name, cancellationToken);
        var probe = probed ? new ServerProbe() : null;
        try
        {
            var connectionString = database is null ? "" : instance!.ConnectionString(name);
            var process = await ServerProcess.StartAsync(kind, connectionString, Merge(settings, probe?.Environment), cancellationToken);
            return new ServerUnderTest(
                kind, process.Address, process, () => process.ProcessId, probe, database, database is null ? null : instance!.ProcessId);
        }
        catch
        {
            probe?.Dispose();
            if (database is not null) await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Uses a server that runs already. Its rate limits must fit the load.</summary>
    /// <param name="connectionString">Its database, for the consistency check; null to go without.</param>
    /// <param name="processId">Its process on this machine; null to go without its processor time and memory.</param>
    public static ServerUnderTest Attach(ServerKind kind, Uri address, string? connectionString, int? processId) =>
        new(kind, address, process: null, () => processId, probe: null, connectionString is null ? null : ChatDatabase.Create(connectionString), databaseProcessId: null);

    /// <summary>Starts it anew where it was, on the same database: a process that has done nothing yet. For servers that the bench started.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        var process = Process ?? throw new InvalidOperationException("Somebody else started this server.");
        await process.KillAsync();
        Probe?.Reset();
        await process.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null) await Process.DisposeAsync();
        Probe?.Dispose();
        if (Database is not null) await Database.DisposeAsync();
    }

    /// <returns>Null for a kind that has none.</returns>
    private static async Task<ChatDatabase?> MakeDatabaseAsync(
        ServerKind kind, PrivateDatabase? instance, string name, CancellationToken cancellationToken)
    {
        if (!kind.HasDatabase()) return null;
        if (instance is null) throw new ArgumentNullException(nameof(instance), $"{kind} needs a database.");
        await Databases.CreateAsync(instance, name, cancellationToken);
        return ChatDatabase.Create(instance.ConnectionString(name));
    }

    private static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string>? settings, IReadOnlyDictionary<string, string>? others)
    {
        var merged = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        foreach (var (key, value) in others ?? new Dictionary<string, string>()) merged[key] = value;
        return merged;
    }
}

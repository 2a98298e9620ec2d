using Chat.Bench.Measuring;
using Chat.Data;

namespace Chat.Bench.Topology;

/// <summary>A server that a workload runs against, with what the workload may know of it.</summary>
public sealed class ServerUnderTest : IAsyncDisposable
{
    private ServerUnderTest(ServerKind kind, Uri address, ServerProcess? process, ChatDatabase? database, int? databaseProcessId)
    {
        Kind = kind;
        Address = address;
        Process = process;
        Database = database;
        Cpu = new CpuMeter(process?.ProcessId, databaseProcessId);
    }

    public ServerKind Kind { get; }

    public Uri Address { get; }

    public Uri Hub => ServerProcess.HubOf(Address);

    /// <summary>Null when somebody else started it.</summary>
    public ServerProcess? Process { get; }

    /// <summary>Null when there is none, or it is not known here.</summary>
    public ChatDatabase? Database { get; }

    public CpuMeter Cpu { get; }

    /// <summary>Starts a server on a database of its own within the private instance.</summary>
    /// <param name="name">Of the database: <c>chat_…</c>; it is created when it is missing.</param>
    public static async Task<ServerUnderTest> StartAsync(
        ServerKind kind, PrivateDatabase instance, string name, IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken)
    {
        if (kind is ServerKind.Floor)
        {
            var floor = await ServerProcess.StartAsync(kind, connectionString: "", settings, cancellationToken);
            return new ServerUnderTest(kind, floor.Address, floor, database: null, instance.ProcessId);
        }
        await Databases.CreateAsync(instance, name, cancellationToken);
        var database = ChatDatabase.Create(instance.ConnectionString(name));
        try
        {
            var process = await ServerProcess.StartAsync(kind, instance.ConnectionString(name), settings, cancellationToken);
            return new ServerUnderTest(kind, process.Address, process, database, instance.ProcessId);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Uses a product server that runs already. Its rate limits must fit the load.</summary>
    /// <param name="connectionString">Its database, for the consistency check; null to go without.</param>
    public static ServerUnderTest Attach(Uri address, string? connectionString) =>
        new(ServerKind.Product, address, process: null, connectionString is null ? null : ChatDatabase.Create(connectionString), databaseProcessId: null);

    public async ValueTask DisposeAsync()
    {
        if (Process is not null) await Process.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}

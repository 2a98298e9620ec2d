namespace Chat.Bench.Topology;

/// <summary>One server on a database of its own, without Redis.</summary>
public sealed class SingleServer : IServedChat
{
    private const string DatabaseName = "chat_chaos";

    private SingleServer(PrivateDatabase database, ServerProcess server) => (Database, Server) = (database, server);

    public PrivateDatabase Database { get; }

    public ServerProcess Server { get; }

    public Uri Address => Server.Address;

    public string ConnectionString => Database.ConnectionString(DatabaseName);

    public string LogExcerpt => Server.LogExcerpt;

    public static async Task<SingleServer> StartAsync(IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken)
    {
        var database = await PrivateDatabase.StartAsync(bufferPool: null, cancellationToken);
        try
        {
            await Databases.CreateAsync(database, DatabaseName, cancellationToken);
            var server = await ServerProcess.StartAsync(
                ServerKind.Product, database.ConnectionString(DatabaseName), settings, cancellationToken);
            return new SingleServer(database, server);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}

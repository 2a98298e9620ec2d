namespace Chat.Bench.Topology;

/// <summary>What is measured.</summary>
public enum ServerKind
{
    /// <summary>Chat.Server.</summary>
    Product,

    /// <summary>What a team writes first: a transaction per message, then a push. See Servers/NaiveServer.cs.</summary>
    Naive,

    /// <summary>A bare hub that forwards, without a database: what the framework alone can do here.</summary>
    Floor,
}

internal static class ServerKinds
{
    public static bool HasDatabase(this ServerKind kind) => kind is not ServerKind.Floor;
}

namespace Chat.Bench.Topology;

/// <summary>The product, running, as a workload sees it. Disposing of it stops all of it.</summary>
public interface IServedChat : IAsyncDisposable
{
    /// <summary>Where clients come in.</summary>
    Uri Address { get; }

    /// <summary>Its database, past the server.</summary>
    string ConnectionString { get; }

    /// <summary>What the servers printed, for whoever must find out what went wrong.</summary>
    string LogExcerpt { get; }
}

namespace Chat.Bench.Client;

/// <summary>Gets what a connection receives. Called one at a time, on the connection's receive loop, and must not block.</summary>
public interface IHubReceiver
{
    /// <summary>A completion or an invocation. The record is valid during the call only.</summary>
    void Received(RawHubConnection connection, in HubRecord record);

    /// <summary>All that came in one read of the socket has been received. What is written now leaves with what was written before.</summary>
    void BatchReceived(RawHubConnection connection)
    {
    }

    /// <summary>The connection has ended, once, after the last record.</summary>
    /// <param name="reason">Null when it was closed from our side.</param>
    void Closed(RawHubConnection connection, string? reason);
}

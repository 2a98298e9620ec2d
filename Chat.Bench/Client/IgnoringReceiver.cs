namespace Chat.Bench.Client;

/// <summary>For connections that only have to be there.</summary>
internal sealed class IgnoringReceiver : IHubReceiver
{
    public static IgnoringReceiver Instance { get; } = new();

    public void Received(RawHubConnection connection, in HubRecord record)
    {
    }

    public void Closed(RawHubConnection connection, string? reason)
    {
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chat.Server.Hosting;

namespace Chat.Server.Hubs.Filters;

/// <summary>Calls that were answered with an error. Calls that went well cost nothing here.</summary>
public sealed class CallMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refused = meters.Create(NodeMetrics.MeterName).CreateCounter<long>(
        "chat.calls.refused", "{call}", "Hub calls answered with an error, by method (rpc.method) and code of the contract (error.type)");

    /// <param name="method">A method of the hub, or the set-up of a connection: few values.</param>
    public void Refused(string method, string code) => _refused.Add(1, new TagList { { "rpc.method", method }, { "error.type", code } });
}

using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Chat.Server.Features.Accounts;

/// <summary>Section <c>Proxy</c>: whose word is taken for a caller's address.</summary>
public sealed record ProxyOptions
{
    /// <summary>
    /// Networks of our own load balancers, as CIDR (<c>10.0.0.0/8</c>). Their X-Forwarded-For and X-Forwarded-Proto are believed,
    /// nobody else's. Empty by default: then the address is that of the connection.
    /// </summary>
    public IReadOnlyList<string> KnownNetworks { get; init; } = [];

    /// <summary>The first key that is wrong, and why; null when all are fine.</summary>
    internal static (string Key, string Reason)? FindFault(ProxyOptions options)
    {
        for (var i = 0; i < options.KnownNetworks.Count; i++)
            if (!IPNetwork.TryParse(options.KnownNetworks[i], out _))
                return ($"{nameof(KnownNetworks)}:{i}", "must be a network in CIDR form, such as 10.0.0.0/8");
        return null;
    }
}

internal sealed class ForwardedHeadersFromProxyOptions(ProxyOptions proxy) : IConfigureOptions<ForwardedHeadersOptions>
{
    public void Configure(ForwardedHeadersOptions options)
    {
        // The framework trusts loopback by default, and everybody when both lists are empty. Neither is wanted.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxy.KnownNetworks)
            options.KnownIPNetworks.Add(IPNetwork.Parse(network));
        options.ForwardedHeaders = proxy.KnownNetworks.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        // Walk back through as many of our own proxies as there are.
        options.ForwardLimit = null;
    }
}

using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Features.Accounts;

internal static class ClientAddress
{
    /// <summary>
    /// The caller's address as limits count it. Of an IPv6 address the first 64 bits: that much is one customer's,
    /// who could otherwise take a new address for each try.
    /// </summary>
    public static string Of(HttpContext context) => Normalise(context.Connection.RemoteIpAddress);

    internal static string Normalise(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}

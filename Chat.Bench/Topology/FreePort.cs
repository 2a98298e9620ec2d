using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Chat.Bench.Topology;

/// <summary>
/// Finds ports that nobody listens on. They are chosen ahead, rather than by the server, because a restarted server must
/// come back where its clients look for it. Below the range that systems give to outgoing connections, or a client of the
/// run could take the port while the server is away.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    // What was found may be used a little later only; meanwhile nobody else shall find it.
    private static readonly ConcurrentDictionary<int, bool> Found = new();

    public static int Find()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            if (!Found.TryAdd(port, true)) continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next guess.
            }
        }
        throw new BenchException("No free port was found.");
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;

/// <summary>
/// Runs inside a measured server, beside its own code: the runtime calls it before <c>Main</c> (DOTNET_STARTUP_HOOKS). It answers the
/// bench over a socket of the file system with what only the process itself can know, and otherwise sleeps. The name and the missing
/// namespace are the runtime's demand; nothing but the base library may be used here.
/// </summary>
internal static class StartupHook
{
    /// <summary>The socket's path. See <see cref="Chat.Bench.Measuring.ServerProbe"/>.</summary>
    private const string PathVariable = "CHAT_BENCH_PROBE";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is not { Length: > 0 } path) return;
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        new Thread(() => Serve(listener)) { IsBackground = true, Name = "bench probe" }.Start();
    }

    private static void Serve(Socket listener)
    {
        var question = new byte[1];
        while (true)
        {
            using var client = listener.Accept();
            try
            {
                while (client.Receive(question) == 1)
                {
                    if (question[0] == 'c') Collect();
                    client.Send(Encoding.ASCII.GetBytes(Read()));
                }
            }
            catch (SocketException)
            {
                // The bench went away; the next one may come.
            }
        }
    }

    /// <summary>Gives back what nobody uses: what is left is what the connections hold.</summary>
    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private static string Read() => string.Create(
        CultureInfo.InvariantCulture,
        $"{GC.GetTotalAllocatedBytes(precise: true)} {GC.GetTotalMemory(forceFullCollection: false)} {GC.GetTotalPauseDuration().Ticks} {GC.CollectionCount(0)} {GC.CollectionCount(2)} {Monitor.LockContentionCount}\n");
}

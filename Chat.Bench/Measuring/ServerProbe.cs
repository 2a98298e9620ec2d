using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Chat.Bench.Measuring;

/// <summary>What a server's runtime counts.</summary>
/// <param name="AllocatedBytes">On the heap, since the start.</param>
/// <param name="HeapBytes">In use, or not yet found to be garbage.</param>
/// <param name="GcPause">All pauses since the start.</param>
/// <param name="LockContentions">How often a thread had to wait for a lock, since the start.</param>
public sealed record ProbeReading(long AllocatedBytes, long HeapBytes, TimeSpan GcPause, int Gen0Collections, int Gen2Collections, long LockContentions)
{
    /// <summary>Of two servers together.</summary>
    public ProbeReading Plus(ProbeReading other) => new(
        AllocatedBytes + other.AllocatedBytes, HeapBytes + other.HeapBytes, GcPause + other.GcPause,
        Gen0Collections + other.Gen0Collections, Gen2Collections + other.Gen2Collections, LockContentions + other.LockContentions);
}

/// <summary>Asks a server that the bench started for its runtime's counters; Probe/StartupHook.cs answers.</summary>
public sealed class ServerProbe : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-probe-").FullName;
    private Socket? _socket;

    private string SocketPath => Path.Combine(_folder, "socket");

    /// <summary>To be set in the server's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(ServerProbe).Assembly.Location,
        ["CHAT_BENCH_PROBE"] = SocketPath,
    };

    public Task<ProbeReading> ReadAsync(CancellationToken cancellationToken) => AskAsync('r', cancellationToken);

    /// <summary>Reads after a full, compacting collection.</summary>
    public Task<ProbeReading> CollectAsync(CancellationToken cancellationToken) => AskAsync('c', cancellationToken);

    /// <summary>The server has ended and will be started again.</summary>
    public void Reset()
    {
        _socket?.Dispose();
        _socket = null;
        File.Delete(SocketPath);
    }

    public void Dispose()
    {
        _socket?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<ProbeReading> AskAsync(char question, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            var socket = _socket ??= await ConnectAsync(deadline.Token);
            await socket.SendAsync(new[] { (byte)question }, deadline.Token);
            var answer = new byte[256];
            var length = 0;
            do
            {
                var received = await socket.ReceiveAsync(answer.AsMemory(length), deadline.Token);
                if (received == 0) throw new BenchException("The server ended while its counters were being read.");
                length += received;
            }
            while (answer[length - 1] != '\n');
            return Parse(Encoding.ASCII.GetString(answer, 0, length - 1));
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BenchException($"The server's counters could not be read: {exception.Message}", exception);
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return socket;
    }

    private static ProbeReading Parse(string answer)
    {
        var numbers = answer.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new ProbeReading(numbers[0], numbers[1], TimeSpan.FromTicks(numbers[2]), (int)numbers[3], (int)numbers[4], numbers[5]);
    }
}

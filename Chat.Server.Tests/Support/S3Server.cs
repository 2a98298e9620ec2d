using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Support;

/// <summary>A server that speaks S3, in a temporary folder: <c>s3rver</c>, from the packages of the web client. It checks signatures.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string AccessKey = "S3RVER";
    public const string SecretKey = "S3RVER";
    public const string Bucket = "files";

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort();
    private Process? _process;

    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>The names of the objects that are stored.</summary>
    public IReadOnlyList<string> Objects =>
        [.. _folder.Files.Where(f => f.EndsWith("._S3rver_object", StringComparison.Ordinal)).Select(f => f[(Bucket.Length + 1)..^"._S3rver_object".Length])];

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server();
        try
        {
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task KillAsync()
    {
        if (_process is null or { HasExited: true }) return;
        _process.Kill();
        await _process.WaitForExitAsync().OrDeadline();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _folder.Dispose();
    }

    private async Task RunAsync()
    {
        await InstallAsync();
        var start = new ProcessStartInfo("node",
        [
            Repository.PathOf("Chat.Web/node_modules/s3rver/bin/s3rver.js"), "--silent", "--address", "127.0.0.1", "--port", $"{_port}",
            "--directory", _folder.Path, "--configure-bucket", Bucket,
        ]);
        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        using var http = new HttpClient();
        await Deadline.UntilAsync(async () =>
        {
            if (_process.HasExited) throw new InvalidOperationException("s3rver ended.");
            try
            {
                using var response = await http.GetAsync(Url);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "s3rver answers");
    }

    /// <summary>The packages of the web client, where they are not there or older than their list.</summary>
    private static async Task InstallAsync()
    {
        var start = new ProcessStartInfo("bash", ["-c", "source eng/lib/common.sh && source eng/lib/web.sh && web_install"]) { WorkingDirectory = Repository.Root };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        if (process.ExitCode != 0) throw new InvalidOperationException("The packages of the web client, s3rver among them, could not be installed.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

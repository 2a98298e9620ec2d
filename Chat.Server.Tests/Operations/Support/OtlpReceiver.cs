using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Operations.Support;

/// <summary>A collector that takes OTLP over HTTP, and keeps what it was sent.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly EventLog<Export> _exports = new();

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Address { get; }

    /// <summary>All that came so far; protobuf writes texts as they are.</summary>
    public string Everything => string.Concat(_exports.All.Select(export => export.Text));

    public Task WaitForMetricAsync(string name) => WaitForAsync("/v1/metrics", name);

    public Task WaitForSpanAsync(string name) => WaitForAsync("/v1/traces", name);

    public void Dispose() => _listener.Close();

    private async Task WaitForAsync(string path, string name)
    {
        try
        {
            await _exports.WaitForAsync(export => export.Path == path && export.Text.Contains(name, StringComparison.Ordinal));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{name} was not exported.");
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var request = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await request.Request.InputStream.CopyToAsync(body);
                _exports.Add(new Export(request.Request.Url!.AbsolutePath, Encoding.UTF8.GetString(body.ToArray())));
                request.Response.ContentType = "application/x-protobuf";
                request.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Export(string Path, string Text)
    {
        public override string ToString() => $"{Path} ({Text.Length})";
    }
}

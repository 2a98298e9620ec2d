using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>
/// Stands between a node and Redis. It can cut them off from each other, and can let connections go deaf: they stay open, and nothing passes
/// any more, as when a firewall forgets them.
/// </summary>
internal sealed class RedisProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Link> _links = [];
    private readonly IPEndPoint _redis;
    private volatile bool _isCut;

    public RedisProxy(string redis)
    {
        _redis = IPEndPoint.Parse(redis);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string ConnectionString => $"{_listener.LocalEndpoint}";

    /// <summary>The connections that carry subscriptions, of this moment; new ones are fine.</summary>
    public void DeafenSubscriptions()
    {
        foreach (var link in _links)
            if (link.Subscribes) link.IsDeaf = true;
    }

    /// <summary>Ends all connections and refuses new ones, until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var link in _links) link.Close();
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        foreach (var link in _links) link.Close();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var link = new Link(await _listener.AcceptTcpClientAsync(_stopping.Token));
                _links.Add(link);
                if (_isCut) link.Close();
                else _ = link.RunAsync(_redis, _stopping.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private sealed class Link(TcpClient client)
    {
        private readonly TcpClient _server = new();
        private volatile bool _isDeaf;
        private volatile bool _subscribes;

        public bool Subscribes => _subscribes;

        public bool IsDeaf
        {
            set => _isDeaf = value;
        }

        public async Task RunAsync(IPEndPoint redis, CancellationToken stopping)
        {
            try
            {
                await _server.ConnectAsync(redis, stopping);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), _server.GetStream(), looksForSubscribe: true, stopping),
                    PumpAsync(_server.GetStream(), client.GetStream(), looksForSubscribe: false, stopping));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // Either end has gone.
            }
            Close();
        }

        public void Close()
        {
            client.Dispose();
            _server.Dispose();
        }

        private async Task PumpAsync(NetworkStream from, NetworkStream to, bool looksForSubscribe, CancellationToken stopping)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReadAsync(buffer, stopping) is > 0 and var count)
                {
                    if (looksForSubscribe && buffer.AsSpan(0, count).IndexOf("SUBSCRIBE"u8) >= 0) _subscribes = true;
                    if (!_isDeaf) await to.WriteAsync(buffer.AsMemory(0, count), stopping);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Either end has gone.
            }
        }
    }
}

using Chat.Server.Hubs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Support;

/// <summary>The real server on a real port of the loopback, over a given database.</summary>
public sealed class ChatServerFactory : WebApplicationFactory<ChatHub>
{
    private readonly string _connectionString;
    private readonly Dictionary<string, string> _settings;
    private readonly Action<IServiceCollection>? _services;
    private EndOfServices? _end;

    /// <param name="settings">Configuration on top of the defaults, by path.</param>
    /// <param name="services">Replaces services, after the server has registered its own.</param>
    /// <param name="port">0 for any that is free.</param>
    public ChatServerFactory(
        string connectionString, Dictionary<string, string>? settings = null, Action<IServiceCollection>? services = null,
        int port = 0)
    {
        (_connectionString, _settings, _services) = (connectionString, settings ?? [], services);
        UseKestrel(port);
    }

    /// <summary>Everything that the server logged.</summary>
    public CapturedLogs Logs { get; } = new();

    /// <summary>Starts the server if need be.</summary>
    public Uri Address
    {
        get
        {
            StartServer();
            return ClientOptions.BaseAddress;
        }
    }

    /// <summary>A client for the HTTP side.</summary>
    public HttpClient Http() => new() { BaseAddress = Address };

    /// <summary>
    /// Stops the server, and returns when all its services have ended. The framework alone returns earlier at times: the server's own
    /// program ends them as well, and whoever comes second does not wait for what the first began, a lane's last commit for one.
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_end is not null) await _end.Reached.OrDeadline();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:Chat", _connectionString);
        // Not what the environment says: servers of different tests must not hear each other.
        builder.UseSetting("ConnectionStrings:Redis", "");
        // Hashing is slow on purpose; tests make many people.
        builder.UseSetting("Auth:PasswordIterations", "1000");
        foreach (var (path, value) in _settings) builder.UseSetting(path, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
        if (_services is not null) builder.ConfigureServices(_services);
        // Made before the others, so ended after them.
        builder.ConfigureServices(services => services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(_ => _end = new EndOfServices())));
    }

    /// <summary>Services end in the reverse order of their making; this one, made first, tells when all have.</summary>
    private sealed class EndOfServices : IHostedService, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _reached.TrySetResult();
    }
}

using Chat.Server.Hubs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Support;

/// <summary>The real server on a real port of the loopback, over a given database.</summary>
public sealed class ChatServerFactory : WebApplicationFactory<ChatHub>
{
    private readonly string _connectionString;
    private readonly Dictionary<string, string> _settings;
    private readonly Action<IServiceCollection>? _services;

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
    }
}

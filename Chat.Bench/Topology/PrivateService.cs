using System.Globalization;

namespace Chat.Bench.Topology;

/// <summary>A service of this run alone, made by <c>eng/services.sh</c> in a temporary folder on a free port.</summary>
public abstract class PrivateService : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _script = Path.Combine(RepositoryRoot.Find(), "eng", "services.sh");
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-bench-").FullName;
    private readonly Dictionary<string, string> _environment;

    /// <param name="name">As the script calls it.</param>
    /// <param name="portVariable">By which the script is told the port.</param>
    protected PrivateService(string name, string portVariable)
    {
        _name = name;
        _environment = new Dictionary<string, string>
        {
            ["CHAT_LOCAL"] = _folder,
            [portVariable] = Port.ToString(CultureInfo.InvariantCulture),
        };
    }

    public int Port { get; } = FreePort.Find();

    /// <summary>Null when it runs where we do not see its process (in a container).</summary>
    public int? ProcessId
    {
        get
        {
            var file = Path.Combine(_folder, _name, "pid");
            return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var id) ? id : null;
        }
    }

    /// <summary>Starts it, also after <see cref="StopAsync"/> or <see cref="KillAsync"/>, and waits until it answers.</summary>
    /// <exception cref="BenchException">It cannot be started here; the message says why.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => RunScriptAsync(["up", _name], cancellationToken);

    /// <summary>Stops it cleanly.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => RunScriptAsync(["down", _name], cancellationToken);

    /// <summary>Ends it with SIGKILL, as a crash would.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => RunScriptAsync(["kill", _name], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Nothing of it is kept, so it need not stop tidily.
        await KillAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A variable that the script knows, for all its later runs.</summary>
    protected void SetVariable(string name, string value) => _environment[name] = value;

    protected Task<string> RunScriptAsync(string[] arguments, CancellationToken cancellationToken) =>
        Script.RunAsync(_script, arguments, _environment, cancellationToken);
}

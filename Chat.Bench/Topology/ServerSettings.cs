namespace Chat.Bench.Topology;

/// <summary>How a server is started for a run.</summary>
internal static class ServerSettings
{
    private const string ProductAssembly = "Chat.Server";

    /// <summary>For <c>dotnet</c>; the first is the assembly's path.</summary>
    public static string[] ArgumentsOf(ServerKind kind) => kind switch
    {
        ServerKind.Product => [PathOf(ProductAssembly)],
        ServerKind.Naive => [PathOf(typeof(ServerSettings).Assembly.GetName().Name!), "serve", "naive"],
        ServerKind.Floor => [PathOf(typeof(ServerSettings).Assembly.GetName().Name!), "serve", "floor"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static IReadOnlyDictionary<string, string> EnvironmentOf(
        ServerKind kind, string connectionString, Uri address, IReadOnlyDictionary<string, string>? settings)
    {
        const string unlimited = "1000000";
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__Chat"] = connectionString,
            // One node: a Redis that this process happens to know of belongs to somebody else.
            ["ConnectionStrings__Redis"] = "",
            ["ASPNETCORE_URLS"] = address.GetLeftPart(UriPartial.Authority),
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__Console__FormatterName"] = "simple",
            ["Logging__Console__FormatterOptions__SingleLine"] = "true",
            ["DOTNET_NOLOGO"] = "1",
            // One person's limits are not what is measured; a run's few users send what thousands would.
            ["RateLimits__CallsPerSecond"] = unlimited,
            ["RateLimits__CallBurst"] = unlimited,
            ["RateLimits__SendsPerSecond"] = unlimited,
            ["RateLimits__SendBurst"] = unlimited,
            // Users are made by the hundred, from one address.
            ["Auth__AuthCallsPerMinutePerAddress"] = unlimited,
            ["Auth__LookupsPerMinutePerUser"] = unlimited,
            ["Auth__PasswordIterations"] = "1",
            ["Auth__PasswordQueueLimit"] = "100000",
        };
        // They run in the bench's own program, whose threads do not spin when idle. Theirs do, as .NET's do where nobody says otherwise.
        if (kind is not ServerKind.Product) environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "70";
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) environment[key] = value;
        return environment;
    }

    /// <summary>
    /// Beside this assembly, of the same build; or, where a test runner gathers assemblies but not what runs them,
    /// in the project's own output.
    /// </summary>
    private static string PathOf(string assembly)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll");
        if (IsRunnable(beside)) return beside;
        // …/bin/<configuration>/<framework>/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var own = Path.Combine(
            RepositoryRoot.Find(), assembly, "bin", output.Parent?.Name ?? "", output.Name, $"{assembly}.dll");
        return IsRunnable(own) ? own : throw new BenchException($"{assembly} is not built: neither {beside} nor {own} can be run.");
    }

    private static bool IsRunnable(string path) => File.Exists(path) && File.Exists(Path.ChangeExtension(path, ".runtimeconfig.json"));
}

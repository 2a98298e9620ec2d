using System.Globalization;
using Chat.Server.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Chat.Server.Tests.Properties;

/// <summary>
/// Whatever several people do at once, and however often their connections break: what each of their clients built up from events and syncs is
/// what the server shows a fresh one, and the promises of the design hold. <c>CHAT_PROPERTY_RUNS=200</c> runs longer. A failure says with which
/// three numbers its scenario is run again: <c>CHAT_PROPERTY_REPLAY=1,2,3</c>. That may take some tries, for the scenario is the same and its
/// timing is not.
/// </summary>
[TestFixture]
internal sealed class EveryClientConverges
{
    private const int Steps = 80;
    private const int RunsOfEach = 12;
    private static readonly TimeSpan ShrinkingTime = TimeSpan.FromSeconds(90);

    private readonly List<ChatServerFactory> _nodes = [];
    private readonly TempFolder _folder = new();
    private TestDatabase? _database;

    [OneTimeSetUp]
    public async Task CreateDatabase() => _database = await TestDatabase.CreateAsync();

    [OneTimeTearDown]
    public async Task DropDatabase()
    {
        if (_database is not null) await _database.DisposeAsync();
        _folder.Dispose();
    }

    [TearDown]
    public async Task StopNodes()
    {
        foreach (var node in _nodes)
        {
            node.Logs.WriteIfFailed();
            await node.DisposeAsync();
        }
        _nodes.Clear();
    }

    [Test]
    public void On_one_node()
    {
        StartNode([]);
        CheckScenarios();
    }

    [Test]
    public void On_two_nodes()
    {
        var settings = new Dictionary<string, string> { ["ConnectionStrings:Redis"] = TestRedis.Shared, ["Redis:KeyPrefix"] = TestRedis.NewPrefix() };
        StartNode(settings);
        StartNode(settings);
        CheckScenarios();
    }

    private void StartNode(Dictionary<string, string> settings)
    {
        // Small, so that who was away for a while starts some chats afresh.
        settings["Sync:TooLongAfter"] = "12";
        settings["Media:Folder"] = _folder.Path;
        settings["Media:UploadsPerMinutePerUser"] = "1000000";
        // These jobs run when a scenario says so.
        settings["Disappearing:CheckInterval"] = "1.00:00:00";
        settings["Scheduling:CheckInterval"] = "1.00:00:00";
        settings["Media:CollectInterval"] = "1.00:00:00";
        var node = new ChatServerFactory(_database!.At(_nodes.Count), TestSettings.Unthrottled(settings));
        _nodes.Add(node);
        _ = node.Address;
    }

    private void CheckScenarios()
    {
        DateTimeOffset? failedAt = null;
        var scenarios = Scenarios.Of(Steps, mayShrink: () => TimeProvider.System.GetUtcNow() - failedAt < ShrinkingTime);
        var property = Prop.ForAll(scenarios, scenario =>
        {
            try
            {
                World.RunAsync(_database!, _nodes, scenario).GetAwaiter().GetResult();
            }
            catch
            {
                failedAt ??= TimeProvider.System.GetUtcNow();
                throw;
            }
        });
        Check.One(Configured(), property);
    }

    private static Config Configured()
    {
        var runs = int.Parse(Environment.GetEnvironmentVariable("CHAT_PROPERTY_RUNS") ?? $"{RunsOfEach}", CultureInfo.InvariantCulture);
        var config = Config.QuickThrowOnFailure.WithMaxTest(runs);
        if (Environment.GetEnvironmentVariable("CHAT_PROPERTY_REPLAY") is not { Length: > 0 } replay) return config;
        var numbers = replay.Trim('(', ')').Split(',').Select(n => ulong.Parse(n, CultureInfo.InvariantCulture)).ToList();
        var size = numbers.Count > 2 ? FSharpOption<int>.Some((int)numbers[2]) : FSharpOption<int>.None;
        return config.WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(numbers[0], numbers[1]), size)));
    }
}

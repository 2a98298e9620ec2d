using System.Data.Common;
using Chat.Data;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

/// <summary>Short reads of many callers go in one command, and none of them learns of the others.</summary>
[TestFixture]
public sealed class LookingUpTogether : DatabaseFixture
{
    private const int Callers = 200;

    [Test]
    public async Task Everybody_gets_their_own()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => LookUpAsync($"SELECT {i} FROM DUAL WHERE {i % 3} > 0")));
        Assert.That(answers, Is.EqualTo(Enumerable.Range(0, Callers).Select(i => i % 3 > 0 ? i : (long?)null)));
    }

    [Test]
    public async Task Who_come_at_once_share_commands()
    {
        await using var one = ChatDatabase.Create(Database.ConnectionString, maxCatchUps: 2);
        await one.LookUpAsync("SELECT 1", NumberAsync, CancellationToken.None);
        // Whoever comes while this one holds the command up waits, and the next command takes them all; some may go along with it.
        var held = one.LookUpAsync("SELECT SLEEP(0.3)", NumberAsync, CancellationToken.None);
        var received = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => one.LookUpAsync("SHOW SESSION STATUS LIKE 'Bytes_received'", StatusAsync, CancellationToken.None)));
        Assert.That(held.IsCompleted, Is.True, "one command at a time");
        Assert.That(received.Distinct().Count(), Is.LessThanOrEqualTo(2), "commands that the server has received");
    }

    [TestCase("SELECT nonsense FROM nowhere")]
    [TestCase("SELECT 'no number'")]
    public async Task A_fault_is_the_one_caller_s(string faulty)
    {
        var good = Enumerable.Range(0, Callers).Select(i => LookUpAsync($"SELECT {i}")).ToList();
        var bad = LookUpAsync(faulty);
        good.AddRange(Enumerable.Range(Callers, Callers).Select(i => LookUpAsync($"SELECT {i}")));
        Assert.That(async () => await bad, Throws.InstanceOf<DbException>().Or.InstanceOf<InvalidCastException>().Or.InstanceOf<FormatException>());
        Assert.That(await Task.WhenAll(good), Is.EqualTo(Enumerable.Range(0, 2 * Callers).Select(i => (long?)i)));
    }

    [Test]
    public async Task A_caller_who_hangs_up_does_not_take_the_others_along()
    {
        using var hangUp = new CancellationTokenSource();
        var mine = Database.Database.LookUpAsync("SELECT SLEEP(0.2)", NumberAsync, hangUp.Token);
        var others = Enumerable.Range(0, Callers).Select(i => LookUpAsync($"SELECT {i}")).ToList();
        await hangUp.CancelAsync();
        Assert.That(async () => await mine, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await Task.WhenAll(others), Is.EqualTo(Enumerable.Range(0, Callers).Select(i => (long?)i)));
    }

    [Test]
    public async Task Without_a_database_everybody_is_told()
    {
        await using var nowhere = ChatDatabase.Create("Server=127.0.0.1;Port=1;User ID=nobody;Database=none;Connection Timeout=2");
        var asked = Enumerable.Range(0, 40).Select(_ => nowhere.LookUpAsync("SELECT 1", NumberAsync, CancellationToken.None)).ToList();
        foreach (var one in asked) Assert.That(async () => await one, Throws.InstanceOf<DataUnavailableException>());
    }

    private Task<long?> LookUpAsync(string sql) => Database.Database.LookUpAsync(sql, NumberAsync, CancellationToken.None);

    private static async Task<string?> StatusAsync(DbDataReader reader) => await reader.ReadAsync() ? reader.GetString(1) : null;

    private static async Task<long?> NumberAsync(DbDataReader reader) => await reader.ReadAsync() ? reader.GetInt64(0) : null;
}

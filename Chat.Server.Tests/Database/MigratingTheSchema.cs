using Chat.Data;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

[TestFixture]
public sealed class MigratingTheSchema
{
    private static readonly Migration First = new(1, "0001_first", "CREATE TABLE first_table (id BIGINT PRIMARY KEY)");
    private static readonly Migration Second = new(2, "0002_second", "CREATE TABLE second_table (id BIGINT PRIMARY KEY)");
    private static readonly Migration Third = new(3, "0003_third", "CREATE TABLE third_table (id BIGINT PRIMARY KEY)");

    private TestDatabase _database = null!;

    [SetUp]
    public async Task CreateEmpty() => _database = await TestDatabase.CreateAsync(migrate: false);

    [TearDown]
    public async Task Drop() => await _database.DisposeAsync();

    [Test]
    public async Task An_empty_database_gets_all_and_a_second_run_does_nothing()
    {
        var names = Migrator.BuiltIn.Select(m => m.Name).ToList();
        Assert.That(names, Is.Not.Empty);
        Assert.That(await Node().MigrateAsync(CancellationToken.None), Is.EqualTo(names));

        var before = await _database.PictureAsync();
        Assert.That(await Node().MigrateAsync(CancellationToken.None), Is.Empty);
        Assert.That(await _database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Several_nodes_at_once_apply_each_file_once()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Node().MigrateAsync(CancellationToken.None))));
        Assert.That(runs.SelectMany(r => r), Is.EqualTo(Migrator.BuiltIn.Select(m => m.Name)));
        Assert.That(runs.Count(r => r.Count > 0), Is.EqualTo(1), "one did it all, the others waited");
    }

    [Test]
    public async Task A_new_file_is_applied_on_top()
    {
        await RunAsync(First);
        Assert.That(await RunAsync(First, Second), Is.EqualTo(new[] { Second.Name }));
        Assert.That(await _database.ScalarAsync<long>("SELECT COUNT(*) FROM second_table"), Is.Zero);
    }

    [Test]
    public async Task An_edited_old_file_is_refused_by_name()
    {
        await RunAsync(First, Second);
        var edited = First with { Sql = First.Sql + " COMMENT 'edited'" };
        var refusal = Assert.ThrowsAsync<MigrationException>(() => RunAsync(new Migration(1, First.Name, edited.Sql), Second, Third));
        Assert.That(refusal.Message, Does.Contain(First.Name).And.Contain("edited"));
        Assert.That(await TablesAsync(), Has.None.EqualTo("third_table"), "nothing was applied");
    }

    [Test]
    public async Task Other_line_ends_are_not_an_edit()
    {
        var unix = new Migration(1, "0001_first", "CREATE TABLE first_table (\n  id BIGINT PRIMARY KEY\n)\n");
        var windows = new Migration(1, "0001_first", unix.Sql.ReplaceLineEndings("\r\n"));
        await RunAsync(unix);
        Assert.That(await RunAsync(windows), Is.Empty);
    }

    [Test]
    public async Task A_failing_file_is_named_and_those_behind_it_are_not_applied()
    {
        var broken = new Migration(2, "0002_broken", "CREATE TABLE half (id BIGINT PRIMARY KEY); CREATE TABEL rest (id BIGINT)");
        var failure = Assert.ThrowsAsync<MigrationException>(() => RunAsync(First, broken, Third));
        Assert.That(failure.Message, Does.Contain(broken.Name).And.Contain("TABEL"));
        Assert.That(await TablesAsync(), Does.Contain("first_table").And.Not.Contain("third_table"));
    }

    [Test]
    public async Task One_that_broke_off_is_not_repeated_by_itself()
    {
        var broken = new Migration(2, "0002_broken", "CREATE TABLE half (id BIGINT PRIMARY KEY); CREATE TABEL rest (id BIGINT)");
        Assert.ThrowsAsync<MigrationException>(() => RunAsync(First, broken));
        var refusal = Assert.ThrowsAsync<MigrationException>(() => RunAsync(First, Second));
        Assert.That(refusal.Message, Does.Contain(broken.Name).And.Contain("by hand"));

        await _database.ExecuteAsync("DROP TABLE half");
        await _database.ExecuteAsync("DELETE FROM schema_migrations WHERE name = @Name", new { broken.Name });
        Assert.That(await RunAsync(First, Second), Is.EqualTo(new[] { Second.Name }), "after the repair it goes on");
    }

    [Test]
    public async Task A_file_below_the_last_applied_one_is_refused()
    {
        await RunAsync(First, Third);
        var refusal = Assert.ThrowsAsync<MigrationException>(() => RunAsync(First, Second, Third));
        Assert.That(refusal.Message, Does.Contain(Second.Name).And.Contain(Third.Name));
    }

    [Test]
    public async Task What_a_newer_build_applied_does_not_stop_an_older_one()
    {
        await RunAsync(First, Second);
        Assert.That(await RunAsync(First), Is.Empty);
    }

    private Migrator Node() => new(_database.Database, TimeProvider.System);

    private Task<IReadOnlyList<string>> RunAsync(params IReadOnlyList<Migration> migrations) =>
        Node().MigrateAsync(migrations, CancellationToken.None);

    private Task<List<string>> TablesAsync() => _database.ListAsync<string>(
        "SELECT CONVERT(table_name USING utf8mb4) FROM information_schema.tables WHERE table_schema = DATABASE()");
}

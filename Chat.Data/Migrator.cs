using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Chat.Data;

/// <summary>A migration as it stands in <c>sql/migrations</c>.</summary>
/// <param name="Number">Counts 1, 2, 3 …</param>
/// <param name="Name">The file's name without its ending: <c>0001_accounts</c>.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, line ends normalised, in hex.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n").Trim())));
}

/// <summary>A migration cannot be applied; the message names the file and says what to do.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Brings a database to the schema of this build: forward only, each file once, in order. Several nodes may start at once:
/// a named lock lets one of them work while the others wait. The nodes of a Galera cluster do not share such locks; between
/// two of them, whoever writes a file's row into <c>schema_migrations</c> first applies it, and the others wait for the end.
/// </summary>
public sealed class Migrator(ChatDatabase database, TimeProvider time)
{
    /// <summary>How long a node waits for another one's migrations.</summary>
    private const int LockTimeoutSeconds = 120;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Those built into this assembly, in order.</summary>
    public static IReadOnlyList<Migration> BuiltIn { get; } = ReadBuiltIn();

    /// <returns>The names of the migrations that were applied now.</returns>
    /// <exception cref="MigrationException">An applied file was edited, is unknown to this build, or a file fails.</exception>
    /// <exception cref="DataUnavailableException">The database cannot be reached.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken) =>
        MigrateAsync(BuiltIn, cancellationToken);

    internal Task<IReadOnlyList<string>> MigrateAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken) =>
        database.QueryAsync(connection => MigrateAsync(connection, migrations, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<string>> MigrateAsync(
        DbConnection connection, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var named = await NamedLock.AcquireAsync(connection, "migrations", LockTimeoutSeconds)
            ?? throw new MigrationException($"Another node has been migrating for over {LockTimeoutSeconds} s.");

        var done = new List<string>();
        for (var start = time.GetTimestamp(); ;)
        {
            var applied = (await ReadHistoryAsync(connection)).ToDictionary(m => m.Name);
            if (applied.Values.Any(m => m.FinishedAt is null) && await MayRunElsewhereAsync(connection, start))
            {
                await Task.Delay(PollInterval, time, cancellationToken);
                continue;
            }
            Verify(migrations, applied);
            if (migrations.FirstOrDefault(m => !applied.ContainsKey(m.Name)) is not { } next) return done;
            if (!await TryBeginAsync(connection, next)) continue;
            await ApplyAsync(connection, next);
            done.Add(next.Name);
        }
    }

    /// <summary>
    /// We hold the named lock, so what is unfinished has broken off; except that in a Galera cluster the lock is only ours at
    /// our node, and somebody at another may be at it.
    /// </summary>
    private async Task<bool> MayRunElsewhereAsync(DbConnection connection, long start) =>
        time.GetElapsedTime(start).TotalSeconds < LockTimeoutSeconds && await GaleraCluster.FindAsync(connection) is not null;

    private static async Task<IEnumerable<AppliedMigration>> ReadHistoryAsync(DbConnection connection)
    {
        try
        {
            return await connection.QueryAsync<AppliedMigration>(ListHistorySql);
        }
        catch (DbException exception) when (exception.IsNoSuchTable())
        {
            await connection.ExecuteAsync(CreateHistorySql);
            return [];
        }
    }

    private static void Verify(IReadOnlyList<Migration> migrations, Dictionary<string, AppliedMigration> applied)
    {
        var known = migrations.ToDictionary(m => m.Name);
        foreach (var (name, row) in applied)
        {
            if (row.FinishedAt is null)
                throw new MigrationException(
                    $"Migration {name} broke off halfway, or another node has been at it for over {LockTimeoutSeconds} s. Repair the schema by hand, then delete its row from schema_migrations.");
            // A row that this build does not know was applied by a newer one: a node of the old version may run on
            // during a rolling upgrade, since migrations are forward only and compatible with the version before.
            if (known.TryGetValue(name, out var migration) && migration.Checksum != row.Checksum)
                throw new MigrationException(
                    $"Migration {name} was edited after it had been applied to this database. Restore the file and write a new one.");
        }

        var last = migrations.LastOrDefault(m => applied.ContainsKey(m.Name));
        if (last is not null && migrations.FirstOrDefault(m => m.Number < last.Number && !applied.ContainsKey(m.Name)) is { } skipped)
            throw new MigrationException($"Migration {skipped.Name} is older than {last.Name}, which has been applied. Give it a higher number.");
    }

    /// <summary>DDL commits by itself in MySQL, so the row is written first: a crash in between is found, not repeated.</summary>
    /// <returns>False when another node of a cluster was faster.</returns>
    private async Task<bool> TryBeginAsync(DbConnection connection, Migration migration)
    {
        try
        {
            await connection.ExecuteAsync(StartedSql, new { migration.Name, migration.Checksum, Now = time.GetUtcNow().UtcDateTime });
            return true;
        }
        catch (DbException exception) when (exception.IsDuplicateKey() || exception.IsLostRace())
        {
            return false;
        }
    }

    private async Task ApplyAsync(DbConnection connection, Migration migration)
    {
        try
        {
            await connection.ExecuteAsync(migration.Sql, commandTimeout: 0);
        }
        catch (DbException exception)
        {
            throw new MigrationException($"Migration {migration.Name} failed: {exception.Message}", exception);
        }
        await connection.ExecuteAsync(FinishedSql, new { migration.Name, Now = time.GetUtcNow().UtcDateTime });
    }

    private static List<Migration> ReadBuiltIn()
    {
        var assembly = typeof(Migrator).Assembly;
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("migrations/", StringComparison.Ordinal))
            .Select(name => Read(assembly, name))
            .OrderBy(m => m.Number)
            .ToList();
        for (var i = 0; i < migrations.Count; i++)
            if (migrations[i].Number != i + 1)
                throw new MigrationException($"Migration {migrations[i].Name} should have number {i + 1}.");
        return migrations;
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var name = Path.GetFileNameWithoutExtension(resource["migrations/".Length..]);
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(name.AsSpan(0, 4)), name, reader.ReadToEnd());
    }

    private sealed record AppliedMigration(string Name, string Checksum, DateTime? FinishedAt);

    private const string CreateHistorySql = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
          name        VARCHAR(100) NOT NULL COLLATE utf8mb4_bin,
          checksum    CHAR(64)     NOT NULL COLLATE utf8mb4_bin,
          started_at  DATETIME(6)  NOT NULL,
          finished_at DATETIME(6)  NULL,
          PRIMARY KEY (name)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
        """;

    private const string ListHistorySql = """
        SELECT name, checksum, finished_at FROM schema_migrations ORDER BY name
        """;

    private const string StartedSql = """
        INSERT INTO schema_migrations (name, checksum, started_at) VALUES (@Name, @Checksum, @Now)
        """;

    private const string FinishedSql = """
        UPDATE schema_migrations SET finished_at = @Now WHERE name = @Name
        """;
}

using System.Data.Common;
using Dapper;

namespace Chat.Data;

/// <summary>
/// What there is to know when the database is a Galera cluster: all of its nodes take writes, and each has locks and
/// (for a moment) a state of its own. See docs/decisions/0005-database-at-scale.md.
/// </summary>
/// <param name="WaitsForOthers">
/// Whether a read waits for what other nodes have committed before it (<c>wsrep_sync_wait</c>). Without that, somebody who is
/// told of a message by one node may not find it on another.
/// </param>
public sealed record GaleraCluster(bool WaitsForOthers)
{
    /// <returns>Null when the database is none.</returns>
    public static async Task<GaleraCluster?> FindAsync(DbConnection connection)
    {
        var settings = (await connection.QueryAsync<Setting>(SettingsSql)).ToDictionary(s => s.VariableName, s => s.Value);
        if (settings.GetValueOrDefault("wsrep_on") != "ON") return null;
        var waits = int.TryParse(settings.GetValueOrDefault("wsrep_sync_wait"), out var bits) ? bits : 0;
        return new GaleraCluster((waits & BeforeReads) != 0);
    }

    /// <summary>The bit of <c>wsrep_sync_wait</c> that is for SELECT, and for the beginning of a transaction.</summary>
    private const int BeforeReads = 1;

    // Not @@wsrep_on: MySQL would not know the name.
    private const string SettingsSql = "SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_sync_wait')";

    private sealed record Setting(string VariableName, string Value);
}

namespace Chat.Server.Tests.Support;

/// <summary>A MariaDB of the test's own and a replica of it (GTID), which can be held back, and taken away.</summary>
internal sealed class ReplicatedMariaDb : IAsyncDisposable
{
    private ReplicatedMariaDb(PrivateMariaDb primary, PrivateMariaDb replica) => (Primary, Replica) = (primary, replica);

    public PrivateMariaDb Primary { get; }

    public PrivateMariaDb Replica { get; }

    public static async Task<ReplicatedMariaDb> StartNewAsync()
    {
        var primary = await PrivateMariaDb.StartNewAsync("--server-id=1 --log-bin=binlog --binlog-format=ROW");
        ReplicatedMariaDb? replicated = null;
        try
        {
            replicated = new ReplicatedMariaDb(primary, await PrivateMariaDb.StartNewAsync("--server-id=2 --read-only"));
            await replicated.ConnectAsync();
            return replicated;
        }
        catch
        {
            await (replicated?.DisposeAsync() ?? primary.DisposeAsync());
            throw;
        }
    }

    /// <summary>What was there before (the accounts, which each has of its own) is not copied.</summary>
    private async Task ConnectAsync()
    {
        await Primary.AsRootAsync("""
            SET sql_log_bin = 0;
            CREATE USER copy@127.0.0.1 IDENTIFIED BY 'copy';
            GRANT REPLICATION SLAVE ON *.* TO copy@127.0.0.1
            """);
        var position = await Primary.AsRootAsync("SELECT @@gtid_binlog_pos");
        await Replica.AsRootAsync($"""
            SET GLOBAL gtid_slave_pos = '{position}';
            CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {Primary.Port}, MASTER_USER = 'copy',
              MASTER_PASSWORD = 'copy', MASTER_USE_GTID = slave_pos;
            START SLAVE
            """);
    }

    /// <summary>The replica stays as it is, and answers.</summary>
    public Task HoldBackAsync() => Replica.AsRootAsync("STOP SLAVE SQL_THREAD");

    /// <summary>Lets the replica go on, and returns when it has all that the primary has committed.</summary>
    public async Task CatchUpAsync()
    {
        await Replica.AsRootAsync("START SLAVE SQL_THREAD");
        var position = await Primary.AsRootAsync("SELECT @@gtid_binlog_pos");
        var waited = await Replica.AsRootAsync($"SELECT MASTER_GTID_WAIT('{position}', 20)");
        if (waited != "0") throw new TimeoutException($"The replica has not reached {position}.");
    }

    public async ValueTask DisposeAsync()
    {
        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
    }
}

using Chat.Data;
using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Hosting;

/// <summary>
/// Asks the database one question at a time, however many ask for it: one that hangs must not be lost a connection to by each
/// load balancer, each second.
/// </summary>
internal sealed class DatabaseHealthCheck(ChatDatabase database) : IHealthCheck
{
    private readonly Lock _gate = new();
    private Task<bool>? _question;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (await AskAsync().WaitAsync(cancellationToken)) return HealthCheckResult.Healthy();
        }
        catch (OperationCanceledException)
        {
            // It took too long, which is an answer as well.
        }
        return HealthCheckResult.Unhealthy("The database cannot be reached.");
    }

    private Task<bool> AskAsync()
    {
        lock (_gate)
        {
            if (_question is null or { IsCompleted: true }) _question = Task.Run(QueryAsync);
            return _question;
        }
    }

    private const string AnswerSql = "SELECT 1";

    private async Task<bool> QueryAsync()
    {
        try
        {
            await database.QueryAsync(connection => connection.ExecuteScalarAsync<int>(AnswerSql, commandTimeout: 2), CancellationToken.None);
            return true;
        }
        catch (DataUnavailableException)
        {
            return false;
        }
    }
}

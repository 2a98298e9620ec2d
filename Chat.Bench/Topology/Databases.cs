using Chat.Data;
using Dapper;

namespace Chat.Bench.Topology;

/// <summary>Databases within a private instance: each run gets a fresh one.</summary>
internal static class Databases
{
    public static Task CreateAsync(PrivateDatabase instance, string name, CancellationToken cancellationToken) =>
        ExecuteAsync(instance, $"CREATE DATABASE IF NOT EXISTS `{Checked(name)}`", cancellationToken);

    public static Task DropAsync(PrivateDatabase instance, string name, CancellationToken cancellationToken) =>
        ExecuteAsync(instance, $"DROP DATABASE IF EXISTS `{Checked(name)}`", cancellationToken);

    /// <summary>Which driver the server and the bench load: figures depend on it.</summary>
    public static async Task<string> DescribeDriverAsync(ChatDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var assembly = connection.GetType().Assembly.GetName();
        return $"{assembly.Name} {assembly.Version}";
    }

    private static async Task ExecuteAsync(PrivateDatabase instance, string sql, CancellationToken cancellationToken)
    {
        await using var database = ChatDatabase.Create(instance.ConnectionString("chat"));
        await database.QueryAsync(connection => connection.ExecuteAsync(sql, commandTimeout: 300), cancellationToken);
    }

    private static string Checked(string name) =>
        name.StartsWith("chat", StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? name
            : throw new ArgumentException("A database of the bench is named chat_…, in letters, digits and _.", nameof(name));
}

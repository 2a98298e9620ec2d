using System.Data.Common;
using Dapper;

namespace Chat.Data;

/// <summary>
/// Commands whose text is another one nearly every time, for Dapper, which would remember each. They have no parameters: code that reads these
/// from an object Dapper compiles anew for each text that it does not remember, which takes longer than most statements. Values of ours stand in the
/// text (<see cref="SqlLiterals"/>); where something is from outside, <see cref="DynamicParameters"/> to which it was added by name.
/// </summary>
internal static class UncachedSql
{
    public static CommandDefinition Of(
        string sql, DbTransaction? transaction = null, DynamicParameters? parameters = null, int? timeoutSeconds = null, CancellationToken cancellationToken = default) =>
        new(sql, parameters, transaction, timeoutSeconds, flags: CommandFlags.Buffered | CommandFlags.NoCache, cancellationToken: cancellationToken);
}

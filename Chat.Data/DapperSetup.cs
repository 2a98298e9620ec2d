using System.Data;
using Dapper;

namespace Chat.Data;

/// <summary>What Dapper must know of our columns, told once per process.</summary>
internal static class DapperSetup
{
    private static readonly Lock Gate = new();
    private static bool _applied;

    public static void Apply()
    {
        lock (Gate)
        {
            if (_applied) return;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.AddTypeHandler(new UtcDateTimeHandler());
            _applied = true;
        }
    }

    /// <summary>DATETIME columns hold UTC; not every driver says so by itself.</summary>
    private sealed class UtcDateTimeHandler : SqlMapper.TypeHandler<DateTime>
    {
        public override DateTime Parse(object value) => DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc);

        public override void SetValue(IDbDataParameter parameter, DateTime value)
        {
            parameter.DbType = DbType.DateTime;
            parameter.Value = value;
        }
    }
}

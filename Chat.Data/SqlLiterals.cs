using System.Globalization;

namespace Chat.Data;

/// <summary>
/// Values of our own as the hot statements write them: shorter for the server to read than what a driver makes of a parameter. What a user
/// wrote is never among them.
/// </summary>
internal static class SqlLiterals
{
    /// <summary>To the microsecond, which is what is stored. Read once with the statement, where a driver's function call is worked out for each row.</summary>
    public static string Of(DateTime time) => "TIMESTAMP'" + time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "'";

    public static string Of(Guid id) => "x'" + id.ToString("N") + "'";
}

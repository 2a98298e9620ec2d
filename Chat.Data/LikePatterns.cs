namespace Chat.Data;

/// <summary>Patterns for <c>LIKE … ESCAPE '!'</c>, in which what somebody typed stands for itself.</summary>
internal static class LikePatterns
{
    public static string Containing(string text) => $"%{Escape(text)}%";

    public static string BeginningWith(string text) => $"{Escape(text)}%";

    private static string Escape(string text) => text
        .Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal)
        .Replace("_", "!_", StringComparison.Ordinal);
}

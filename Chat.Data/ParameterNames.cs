namespace Chat.Data;

/// <summary>Names of numbered parameters, made once for each thread: a batch has hundreds.</summary>
internal static class ParameterNames
{
    [ThreadStatic]
    private static List<string>? _names;

    /// <returns><c>@t0</c>, <c>@t1</c> and so on.</returns>
    public static string At(int index)
    {
        var names = _names ??= [];
        while (index >= names.Count) names.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"@t{names.Count}"));
        return names[index];
    }
}

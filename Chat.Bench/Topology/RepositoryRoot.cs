namespace Chat.Bench.Topology;

/// <summary>Finds the repository that this build belongs to: its scripts start the database.</summary>
internal static class RepositoryRoot
{
    private const string Mark = "Chat.sln";

    /// <exception cref="BenchException">Neither the program nor the current folder lies in the repository.</exception>
    public static string Find() =>
        Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory)
        ?? throw new BenchException(
            $"{Mark} was not found above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}. "
            + "Run the bench from the repository, or against a database of your own with --database.");

    private static string? Above(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
            if (File.Exists(Path.Combine(current.FullName, Mark)))
                return current.FullName;
        return null;
    }
}

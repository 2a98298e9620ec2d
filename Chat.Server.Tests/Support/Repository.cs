namespace Chat.Server.Tests.Support;

/// <summary>Files of the checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>Set to write the checked-in snapshots anew instead of comparing with them.</summary>
    private const string UpdateVariable = "CHAT_UPDATE_SNAPSHOTS";

    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Compares with a checked-in file; a difference is a change of a contract, to be seen in the diff.</summary>
    public static async Task MustMatchAsync(string relative, string actual, string howToUpdate)
    {
        var path = PathOf(relative);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null) await File.WriteAllTextAsync(path, actual);
        var expected = File.Exists(path) ? (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n") : "";
        Assert.That(actual, Is.EqualTo(expected), $"{relative} is stale. If the change is meant: {howToUpdate}, and commit it.");
    }

    public static string UpdateCommand(string filter) => $"{UpdateVariable}=1 ./test --filter {filter}";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Chat.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run outside of a checkout: no Chat.sln above them.");
    }
}

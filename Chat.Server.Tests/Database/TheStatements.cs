using System.Text.RegularExpressions;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

/// <summary>Rules for the SQL texts of Chat.Data that no database would tell us about.</summary>
[TestFixture]
public sealed partial class TheStatements
{
    /// <summary>
    /// A Galera node that breaks a transaction off between two statements of one command does not tell. The batches, which join
    /// theirs, ask <c>ChatDatabase.OneStatementAtATime</c>.
    /// </summary>
    [Test]
    public void A_write_is_alone_in_its_command()
    {
        var texts = Directory.EnumerateFiles(Repository.PathOf("Chat.Data"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => RawString().Matches(File.ReadAllText(file)).Select(match => match.Groups["text"].Value))
            .ToList();
        Assert.That(texts, Has.Count.GreaterThan(50));
        Assert.That(texts.Where(text => WriteWithMoreBehind().IsMatch(text)), Is.Empty);
    }

    [GeneratedRegex("\"\"\"(?<text>.*?)\"\"\"", RegexOptions.Singleline)]
    private static partial Regex RawString();

    [GeneratedRegex(@"\b(INSERT|UPDATE|DELETE|REPLACE)\b[^;]*;\s*\S")]
    private static partial Regex WriteWithMoreBehind();
}

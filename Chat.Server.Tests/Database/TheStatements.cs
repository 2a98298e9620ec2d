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

    /// <summary>What a node holds of a chat's messages it holds under the count of their changes, so no change may go uncounted.</summary>
    [Test]
    public void A_change_of_messages_is_counted()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("Chat.Data"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file => ChangeOfMessages().IsMatch(file.Text))
            .ToList();
        Assert.That(files, Has.Count.GreaterThan(3));
        Assert.That(files.Where(file => !file.Text.Contains("RecordAsync", StringComparison.Ordinal)).Select(file => file.Name), Is.EqualTo(new[] { "MessageRemoval.cs" }));
        // That one is a part of others', and says what the messages are afterwards, for them to record.
        Assert.That(CallOfRemoval().Count(string.Concat(files.Select(file => file.Text))), Is.GreaterThan(1));
    }

    [GeneratedRegex(@"\b(UPDATE\s+messages\b|DELETE\s+FROM\s+messages\b)")]
    private static partial Regex ChangeOfMessages();

    [GeneratedRegex(@"RecordAsync\([^;]*MessageRemoval\.RemoveAsync")]
    private static partial Regex CallOfRemoval();

    [GeneratedRegex("\"\"\"(?<text>.*?)\"\"\"", RegexOptions.Singleline)]
    private static partial Regex RawString();

    [GeneratedRegex(@"\b(INSERT|UPDATE|DELETE|REPLACE)\b[^;]*;\s*\S")]
    private static partial Regex WriteWithMoreBehind();
}

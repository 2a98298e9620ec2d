using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Chat.Server.Hosting;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Operations;

/// <summary>docs/operations.md names what there is, all of it, and nothing else.</summary>
[TestFixture]
public sealed partial class TheManual : ServerFixture
{
    private static readonly string Manual = File.ReadAllText(Repository.PathOf("docs/operations.md"));

    [Test]
    public void It_names_every_setting_and_no_other()
    {
        var documented = SettingRow().Matches(Manual).Select(row => row.Groups["path"].Value).ToList();
        Assert.That(documented, Is.Unique);
        Assert.That(documented.Where(path => !path.StartsWith("ConnectionStrings:", StringComparison.Ordinal)), Is.EquivalentTo(Defaults().Keys));
        Assert.That(documented.Where(path => path.StartsWith("ConnectionStrings:", StringComparison.Ordinal)), Is.EquivalentTo(ConnectionStrings()));
    }

    [Test]
    public void It_tells_their_true_defaults()
    {
        var defaults = Defaults();
        foreach (Match row in SettingRow().Matches(Manual))
        {
            // A default in words, such as "half of the cores", cannot be compared.
            if (row.Groups["default"] is not { Success: true } told) continue;
            Assert.That(told.Value, Is.EqualTo(defaults[row.Groups["path"].Value]), row.Groups["path"].Value);
        }
    }

    [Test]
    public void It_names_every_job_that_nodes_take_turns_at()
    {
        var jobs = Directory.EnumerateFiles(Repository.PathOf("Chat.Server"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => JobName().Matches(File.ReadAllText(file))).Select(use => use.Groups["name"].Value);
        Assert.That(JobRow().Matches(Manual).Select(row => row.Groups["name"].Value), Is.EquivalentTo(jobs).And.Not.Empty);
    }

    [Test]
    public void The_database_understands_its_statements()
    {
        var statements = Statement().Matches(Manual).Select(match => match.Groups["sql"].Value).ToList();
        Assert.That(statements, Is.Not.Empty);
        foreach (var statement in statements) Assert.That(() => Database.ExecuteAsync(statement), Throws.Nothing, statement);
    }

    /// <summary>Every setting that the server binds, with its default as one would write it down.</summary>
    private Dictionary<string, string> Defaults()
    {
        var defaults = new Dictionary<string, string>();
        foreach (var (section, options) in Server.Services.GetServices<BoundOptions>())
        {
            var unset = Unset(options.GetType());
            foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                defaults.Add($"{section}:{property.Name}", Written(property.GetValue(unset)));
        }
        return defaults;
    }

    private static object Unset(Type options)
    {
        var constructor = options.GetConstructors().OrderBy(c => c.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => p.DefaultValue)]);
    }

    private static string Written(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    private static IEnumerable<string> ConnectionStrings() =>
        Directory.EnumerateFiles(Repository.PathOf("Chat.Server"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => ConnectionStringUse().Matches(File.ReadAllText(file)))
            .Select(use => $"ConnectionStrings:{use.Groups["name"].Value}")
            .Distinct();

    /// <summary><c>| `Section:Key` | `default` | …</c>.</summary>
    [GeneratedRegex(@"^\| `(?<path>[A-Z]\w+:\w+)` \| (`(?<default>[^`]*)` \||[^`])", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    /// <summary><c>| what it is (`its-name`) | …</c>.</summary>
    [GeneratedRegex(@"^\| [^|`]+ \(`(?<name>[a-z-]+)`\) \|", RegexOptions.Multiline)]
    private static partial Regex JobRow();

    [GeneratedRegex(@"const string \w*Job = ""(?<name>[a-z-]+)""")]
    private static partial Regex JobName();

    [GeneratedRegex(@"`(?<sql>SELECT [^`]+)`")]
    private static partial Regex Statement();

    [GeneratedRegex(@"GetConnectionString\(""(?<name>\w+)""\)")]
    private static partial Regex ConnectionStringUse();
}

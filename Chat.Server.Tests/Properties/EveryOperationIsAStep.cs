using System.Reflection;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>What people can do, scenarios do: a method that is added to the hub becomes a step, or is named here with the reason.</summary>
[TestFixture]
public sealed class EveryOperationIsAStep
{
    private const byte LoadString = 0x72;
    private const int StringTokens = 0x70;

    private static readonly Dictionary<string, string> LeftOut = new()
    {
        [nameof(ChatHub.ReportMessage)] = "Tells those who run the server, and nobody in a chat.",
        [nameof(ChatHub.ReportUser)] = "Likewise.",
    };

    [Test]
    public void Every_operation_is_a_step_or_named_as_left_out()
    {
        var named = NamedInScenarios();
        var methods = HubSurface.Methods.Select(m => m.Name).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(methods.Where(m => !named.Contains(m) && !LeftOut.ContainsKey(m)), Is.Empty, "neither a step nor left out");
            Assert.That(LeftOut.Keys.Where(named.Contains), Is.Empty, "left out, and yet a step");
            Assert.That(LeftOut.Keys.Except(methods), Is.Empty, "left out, and not there");
        });
    }

    [Test]
    public void Every_step_has_a_weight() => Assert.That(Scenarios.Acts, Is.EquivalentTo(Enum.GetValues<Act>()));

    /// <summary>A method is called by its name, and the name of a method is in the compiled code of whoever calls it.</summary>
    private static HashSet<string> NamedInScenarios()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return
        [
            .. typeof(World).Assembly.GetTypes()
                .Where(type => type.Namespace == typeof(World).Namespace && type != typeof(EveryOperationIsAStep) && type.DeclaringType != typeof(EveryOperationIsAStep))
                .SelectMany(type => type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
                .SelectMany(StringsIn),
        ];
    }

    private static IEnumerable<string> StringsIn(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + 4 < code.Length; i++)
        {
            if (code[i] != LoadString || code[i + 4] != StringTokens) continue;
            string text;
            try
            {
                text = method.Module.ResolveString(BitConverter.ToInt32(code, i + 1));
            }
            catch (ArgumentException)
            {
                // A number that only looks like one.
                continue;
            }
            yield return text;
        }
    }
}

using System.Reflection;
using System.Text.Json;
using Chat.Server.Errors;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Contract;

/// <summary>The hub's contract for machines, read off the C# types: what <c>GET /api/contract</c> answers.</summary>
public sealed record ContractDescription(
    IReadOnlyList<MethodDescription> Methods,
    IReadOnlyList<EventDescription> Events,
    IReadOnlyList<TypeDescription> Types,
    IReadOnlyDictionary<string, int> Limits,
    IReadOnlyList<ErrorCode> Errors)
{
    public static ContractDescription Current { get; } = Read();

    private static ContractDescription Read()
    {
        var types = new ContractTypes();
        var methods = typeof(ChatHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && m.GetBaseDefinition().DeclaringType == typeof(ChatHub))
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => new MethodDescription(
                m.Name, types.NameOf(m.GetParameters().Single().ParameterType), types.NameOf(m.ReturnType.GetGenericArguments().Single())))
            .ToList();
        var events = typeof(IChatClient).GetMethods()
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => new EventDescription(m.Name, m.GetParameters().Single().Name!, types.NameOf(m.GetParameters().Single().ParameterType)))
            .ToList();
        var limits = typeof(Limits).GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(f => JsonNamingPolicy.CamelCase.ConvertName(f.Name), f => (int)f.GetRawConstantValue()!);
        return new ContractDescription(methods, events, types.Describe(), limits, ErrorCodes.All);
    }
}

/// <param name="Request">The type of its one argument.</param>
/// <param name="Result">The type of its answer.</param>
public sealed record MethodDescription(string Name, string Request, string Result);

/// <param name="Argument">The name of its one argument.</param>
/// <param name="Type">And its type.</param>
public sealed record EventDescription(string Name, string Argument, string Type);

public sealed record TypeDescription(string Name, IReadOnlyList<FieldDescription> Fields);

/// <param name="Type"><c>integer</c>, <c>number</c>, <c>string</c>, <c>uuid</c>, <c>date-time</c>, <c>boolean</c>, or the name of a type.</param>
/// <param name="Array">Whether it is a list of these.</param>
/// <param name="Nullable">Whether it may be null.</param>
/// <param name="Optional">Whether a request may leave it out.</param>
public sealed record FieldDescription(string Name, string Type, bool Array, bool Nullable, bool Optional);

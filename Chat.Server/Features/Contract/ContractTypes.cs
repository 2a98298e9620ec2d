using System.Reflection;
using System.Text.Json;

namespace Chat.Server.Features.Contract;

/// <summary>Gathers the records that methods and events use, and describes them.</summary>
internal sealed class ContractTypes
{
    private readonly NullabilityInfoContext _nullability = new();
    private readonly SortedDictionary<string, TypeDescription?> _types = new(StringComparer.Ordinal);

    public IReadOnlyList<TypeDescription> Describe() => [.. _types.Values.Select(t => t!)];

    public string NameOf(Type type)
    {
        if (ScalarName(type) is { } scalar) return scalar;
        if (_types.TryAdd(type.Name, null))
            _types[type.Name] = new TypeDescription(type.Name, [.. PrimaryConstructor(type).GetParameters().Select(FieldOf)]);
        return type.Name;
    }

    /// <summary>A record's fields in the order in which it declares them.</summary>
    private static ConstructorInfo PrimaryConstructor(Type type) =>
        type.GetConstructors().Single(c => c.GetParameters() is not [var only] || only.ParameterType != type);

    private FieldDescription FieldOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var nullable = Nullable.GetUnderlyingType(type) is not null
            || _nullability.Create(parameter).ReadState is NullabilityState.Nullable;
        type = Nullable.GetUnderlyingType(type) ?? type;
        var isArray = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        var item = isArray ? type.GetGenericArguments()[0] : type;
        return new FieldDescription(
            JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!), NameOf(item), isArray, nullable, parameter.HasDefaultValue);
    }

    private static string? ScalarName(Type type) =>
        type == typeof(long) || type == typeof(int) ? "integer"
        : type == typeof(string) ? "string"
        : type == typeof(Guid) ? "uuid"
        : type == typeof(DateTime) ? "date-time"
        : type == typeof(bool) ? "boolean"
        : type == typeof(double) ? "number"
        : null;
}

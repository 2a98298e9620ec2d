using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Server.Hubs;

namespace Chat.Server.Tests.Support;

/// <summary>A hub method and the record that it takes.</summary>
public sealed record HubMethod(string Name, Type Request)
{
    /// <summary>The fields of the request as the wire names them.</summary>
    public IReadOnlyList<RequestField> Fields { get; } =
        [.. Request.GetConstructors().Single().GetParameters().Select(RequestField.Of)];

    public bool HasField(string name) => Fields.Any(f => f.Name == name);

    public override string ToString() => Name;
}

/// <param name="Name">As on the wire.</param>
/// <param name="Type">Without <c>Nullable</c>.</param>
/// <param name="Optional">Whether null, or its absence, is fine.</param>
public sealed record RequestField(string Name, Type Type, bool Optional)
{
    public static RequestField Of(ParameterInfo parameter)
    {
        var underlying = Nullable.GetUnderlyingType(parameter.ParameterType);
        return new RequestField(
            JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!),
            underlying ?? parameter.ParameterType,
            parameter.HasDefaultValue || underlying is not null);
    }
}

/// <summary>The whole hub, by reflection: a method that is added later is covered without anybody thinking of it.</summary>
public static class HubSurface
{
    public static IReadOnlyList<HubMethod> Methods { get; } =
    [
        .. typeof(ChatHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && m.GetBaseDefinition().DeclaringType == typeof(ChatHub))
            .Select(m => new HubMethod(m.Name, m.GetParameters().Single().ParameterType))
            .OrderBy(m => m.Name, StringComparer.Ordinal),
    ];

    public static IEnumerable<HubMethod> MethodsWithChatId => Methods.Where(m => m.HasField("chatId"));

    /// <summary>A request that every rule accepts, as JSON.</summary>
    /// <param name="userId">Stands wherever a person is asked for.</param>
    public static JsonObject ValidRequest(HubMethod method, long chatId, long userId)
    {
        var request = new JsonObject();
        foreach (var field in method.Fields.Where(f => !f.Optional))
            request[field.Name] = ValidValue(method, field, chatId, userId);
        // Its fields are optional, and yet it must have something.
        if (method.Name is nameof(ChatHub.SendMessage) or nameof(ChatHub.ScheduleMessage)) request["text"] = "a text";
        return request;
    }

    private static JsonNode ValidValue(HubMethod method, RequestField field, long chatId, long userId) => field switch
    {
        { Name: "chatId" } => chatId,
        { Name: "fromChatId" } => chatId,
        { Name: "toChatIds" } => new JsonArray(chatId),
        { Name: "userId" } => userId,
        { Name: "code" } => "AAAAAAAAAAAAAAAAAAAAAA",
        { Name: "username" } => "a_name",
        { Name: "setting" } => PrivacySettings.LastSeen,
        { Name: "audience" } => Audiences.Everyone,
        { Name: "kind" } => "messages",
        { Name: "reason" } => ReportReasons.Spam,
        { Name: "sendAt" } => TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime,
        _ when field.Type == typeof(long) => 1,
        _ when field.Type == typeof(int) => 1,
        _ when field.Type == typeof(bool) => true,
        _ when field.Type == typeof(Guid) => Guid.NewGuid().ToString(),
        _ when field.Type == typeof(string) => "a text",
        { Name: "chatIds" } => new JsonArray(chatId),
        _ when field.Type == typeof(IReadOnlyList<long>) => new JsonArray(userId),
        _ when field.Type == typeof(IReadOnlyList<int>) => new JsonArray(0),
        { Name: "permissions" } => new JsonArray("send_text"),
        _ when field.Type == typeof(IReadOnlyList<string>) => new JsonArray("+4915100000000"),
        _ => throw new NotSupportedException(
            $"{method.Name}.{field.Name} is of type {field.Type}: say here, and in BadValues, what is good and bad for it."),
    };
}

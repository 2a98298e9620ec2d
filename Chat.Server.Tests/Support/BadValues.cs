using Chat.Server.Hubs;

namespace Chat.Server.Tests.Support;

/// <summary>Values that a field of a request must not have, as JSON.</summary>
internal static class BadValues
{
    private static readonly string[] WrongTypes = ["true", "{}", "{\"a\":1}"];

    private static readonly string[] BadNumbers =
        ["\"1\"", "\"text\"", "[]", "[1]", "1.5", "1e30", "-1", "9007199254740992", "9223372036854775807", "9223372036854775808", "-9223372036854775809"];

    private static readonly string[] BadUuids =
        ["\"\"", "\"text\"", "5", "[]", "\"00000000-0000-0000-0000-000000000000\"", "\"{0b0e1f6c-45a2-4a5e-8b6e-0c9a3c1f2d3e}\"", "\"0b0e1f6c45a24a5e8b6e0c9a3c1f2d3e\""];

    // Control characters, half characters in both halves and both orders, white space of several kinds.
    private static readonly string[] BadTexts =
    [
        "5", "[]", "[\"text\"]", "\"\"", "\"   \"", "\"\\t\\n\\u00a0\\u2003\\u3000\"",
        "\"a\\u0000b\"", "\"a\\u0007b\"", "\"a\\u001bb\"", "\"a\\u007fb\"", "\"a\\u0085b\"",
        "\"\\ud83d\"", "\"\\udc4b\"", "\"a\\ud83d b\"", "\"\\udc4b\\ud83d\"", "\"\\ud83d\\ud83d\\udc4b\"",
        $"\"{new string('x', 5000)}\"",
    ];

    private static readonly string[] BadTimes = ["5", "\"text\"", "\"\"", "[]", "\"2020-13-01T00:00:00Z\"", "\"2020-01-01T00:00:00Z\"", "\"9999-12-31T00:00:00Z\"", "\"2099-01-01T00:00:00\""];

    private static readonly string[] BadPhoneNumbers =
        ["5", "\"+4915100000000\"", "[]", "[5]", "[null]", "[\"\"]", "[\"0151\"]", "[\"+4915100000000\",\"+0\"]", $"[{string.Join(',', Enumerable.Repeat("\"+4915100000000\"", 501))}]"];

    private static readonly string[] BadUsernames = ["\"ab\"", "\"1abc\"", "\"_abc\"", "\"a-b-c\"", "\"abc \"", "\"näme\"", $"\"{new string('a', 33)}\""];

    private static readonly string[] BadIds =
        ["5", "\"text\"", "[]", "[0]", "[-1]", "[1,0]", "[9007199254740992]", "[\"1\"]", "[null]", "[[1]]", $"[{string.Join(',', Enumerable.Repeat(1, 2000))}]"];

    public static IEnumerable<string> For(HubMethod method, RequestField field)
    {
        var values = field switch
        {
            { Name: "limit" } => [.. BadNumbers, "0", "101", "2147483648"],
            // The first option of a poll is 0.
            { Name: "option" } => BadNumbers,
            _ when field.Type == typeof(int) => [.. BadNumbers, "0"],
            { Name: "permissions" } => BadNames,
            // An empty one takes it away.
            { Name: "description" } => BadTexts.Where(bad => !IsBlank(bad)),
            // An empty one makes a channel private.
            // An empty one takes a caption away.
            { Name: "text" } when method.Name is nameof(ChatHub.EditMessage) => BadTexts.Where(bad => bad != "\"\""),
            { Name: "username" } when method.Name is nameof(ChatHub.UpdateChannel) => [.. BadTexts.Where(bad => bad != "\"\""), .. BadUsernames],
            { Name: "username" } => [.. BadTexts, .. BadUsernames],
            // Reading on from 0 is reading from the start.
            _ when field.Type == typeof(long) && IsPosition(field) => BadNumbers,
            _ when field.Type == typeof(long) => [.. BadNumbers, "0"],
            _ when field.Type == typeof(Guid) => BadUuids,
            _ when field.Type == typeof(string) => BadTexts,
            _ when field.Type == typeof(DateTime) => BadTimes,
            _ when field.Type == typeof(IReadOnlyList<string>) => BadPhoneNumbers,
            _ when field.Type == typeof(LocationView) => BadLocations,
            _ when field.Type == typeof(PollDraft) => BadPolls,
            _ when field.Type == typeof(IReadOnlyList<int>) => BadPositions,
            _ when field.Type == typeof(ContactCardView) => BadCards,
            _ when field.Type == typeof(bool) => ["1", "0", "\"true\"", "[]"],
            // Watching nobody is how a client stops watching, and no pinned chats are fine.
            _ when field.Type == typeof(IReadOnlyList<long>) && method.Name is nameof(ChatHub.WatchPresence) or nameof(ChatHub.PinChats) => BadIds.Where(bad => bad != "[]"),
            _ when field.Type == typeof(IReadOnlyList<long>) => BadIds,
            _ => throw new NotSupportedException($"{method.Name}.{field.Name} is of type {field.Type}: say here what is bad for it."),
        };
        // A place needs its two numbers, and they are on the map where they are 0.
        var wrongTypes = WrongTypes.Where(bad => field.Type != typeof(bool) || bad != "true");
        return values.Concat(wrongTypes).Concat(field.Optional ? [] : ["null"]);
    }

    private static readonly string[] BadLocations =
    [
        "5", "[]", "\"text\"", "{\"latitude\":91,\"longitude\":0}", "{\"latitude\":0,\"longitude\":-180.1}", "{\"latitude\":\"1\",\"longitude\":0}",
        "{\"latitude\":1e999,\"longitude\":0}", "{\"latitude\":1,\"longitude\":1,\"accuracyMeters\":0}", "{\"latitude\":1,\"longitude\":1,\"name\":\"\"}",
        "{\"latitude\":1,\"longitude\":1,\"name\":\"a\\u0000b\"}", $"{{\"latitude\":1,\"longitude\":1,\"address\":\"{new string('x', 201)}\"}}",
    ];

    private static readonly string[] BadPositions =
        ["5", "\"text\"", "[-1]", "[12]", "[0,-1]", "[9007199254740992]", "[\"1\"]", "[null]", "[[1]]", "[1.5]", $"[{string.Join(',', Enumerable.Repeat(1, 13))}]"];

    private static readonly string[] BadPolls =
    [
        "5", "[]", "\"text\"", "{\"question\":\"Who?\"}", "{\"question\":\"Who?\",\"options\":[\"a\"]}", "{\"question\":\"\",\"options\":[\"a\",\"b\"]}",
        "{\"question\":\"  \",\"options\":[\"a\",\"b\"]}", "{\"question\":\"Who?\",\"options\":[\"a\",\"a\"]}", "{\"question\":\"Who?\",\"options\":[\"a\",null]}",
        "{\"question\":\"Who?\",\"options\":[\"a\",\" \"]}", "{\"question\":\"Who?\",\"options\":[\"a\",\"b\\nc\"]}", "{\"options\":[\"a\",\"b\"]}",
        "{\"question\":\"Who?\",\"options\":[\"a\",\"b\"],\"closesAt\":\"2099-01-01T00:00:00\"}", $"{{\"question\":\"{new string('x', 301)}\",\"options\":[\"a\",\"b\"]}}",
        $"{{\"question\":\"Who?\",\"options\":[{string.Join(',', Enumerable.Range(0, 13).Select(i => $"\"{i}\""))}]}}",
    ];

    private static readonly string[] BadCards =
    [
        "5", "[]", "\"text\"", "{\"name\":\"Ann\"}", "{\"phoneNumber\":\"+4915112345678\"}", "{\"name\":\"\",\"userId\":1}", "{\"name\":\"Ann\",\"userId\":0}",
        "{\"name\":\"Ann\",\"phoneNumber\":\"0151\"}", "{\"name\":\"a\\nb\",\"userId\":1}", $"{{\"name\":\"{new string('x', 101)}\",\"userId\":1}}",
    ];

    private static readonly string[] BadNames = ["5", "\"send_text\"", "[5]", "[null]", "[\"\"]", "[\"no such permission\"]", "[\"SEND_TEXT\"]", "[[\"send_text\"]]"];

    private static bool IsBlank(string json) => json is "\"\"" or "\"   \"" or "\"\\t\\n\\u00a0\\u2003\\u3000\"";

    private static bool IsPosition(RequestField field) =>
        field.Name.StartsWith("after", StringComparison.Ordinal) || field.Name.StartsWith("before", StringComparison.Ordinal)
        || field.Name.StartsWith("around", StringComparison.Ordinal);
}

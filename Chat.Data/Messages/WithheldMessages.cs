using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat.Data.Messages;

/// <summary>
/// Messages that never reach the other person of a direct chat, who blocked the sender when they were sent: hidden from that person like
/// messages that one has deleted for oneself, and marked in their body, which only the sender gets to read.
/// </summary>
public static class WithheldMessages
{
    private const string Field = "withheld";

    /// <summary>A body, or none, with the mark.</summary>
    public static string Mark(string? body)
    {
        var marked = body is null ? new JsonObject() : JsonNode.Parse(body)!.AsObject();
        marked[Field] = true;
        return marked.ToJsonString();
    }

    public static bool IsMarked(string? body)
    {
        // Few messages have a body, and fewer one with the mark.
        if (body is null || !body.Contains(Field, StringComparison.Ordinal)) return false;
        using var read = JsonDocument.Parse(body);
        return read.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(Field, out var mark) && mark.ValueKind is JsonValueKind.True;
    }
}

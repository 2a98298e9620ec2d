using System.Text.Json;
using Chat.Data.Scheduling;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Scheduling;

/// <summary>
/// What waits, as it is stored: the send's own JSON, whose <c>mediaId</c> the collector of files reads, and beside it in <c>media</c> what
/// there is to tell of the file.
/// </summary>
internal static class ScheduledContent
{
    private const string Media = "media";

    public static string Write(SendMessageRequest message, MessageMediaView? media)
    {
        if (media is null) return JsonSerializer.Serialize(message, ContractJson.Default.SendMessageRequest);
        var content = JsonSerializer.SerializeToNode(message, ContractJson.Default.SendMessageRequest)!.AsObject();
        content[Media] = JsonSerializer.SerializeToNode(media, ContractJson.Default.MessageMediaView);
        return content.ToJsonString();
    }

    public static SendMessageRequest ReadRequest(this ScheduledRow row) =>
        JsonSerializer.Deserialize(row.Request, ContractJson.Default.SendMessageRequest)
        ?? throw new InvalidOperationException($"The scheduled message {row.ScheduledId} is empty.");

    public static ScheduledMessageView ToView(this ScheduledRow row)
    {
        var message = row.ReadRequest();
        return new ScheduledMessageView(
            row.ScheduledId, row.ChatId, row.SendAt, row.CreatedAt, message, row.Failure, message.MediaId is null ? null : row.ReadMedia());
    }

    private static MessageMediaView? ReadMedia(this ScheduledRow row)
    {
        using var content = JsonDocument.Parse(row.Request);
        return content.RootElement.TryGetProperty(Media, out var media) ? media.Deserialize(ContractJson.Default.MessageMediaView) : null;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Chat.Data.Polls;

namespace Chat.Data.Messages;

/// <summary>
/// What a message has beside its text: the JSON of <c>messages.body</c>, except on system messages. What is not there is not written, and of a
/// plain text nothing is. A field that was stored once keeps its name and meaning.
/// </summary>
public sealed record MessageBody
{
    public static MessageBody Empty { get; } = new();

    /// <summary>See <see cref="WithheldMessages"/>.</summary>
    public bool? Withheld { get; init; }

    /// <summary>A message of the same chat. How it reads is looked up for each reader, so that nobody sees more of it than of itself.</summary>
    public long? ReplyTo { get; init; }

    /// <summary>The author's name under a channel's post, as it was then.</summary>
    public string? Signature { get; init; }

    /// <summary>Where it was written first, if that was elsewhere.</summary>
    public ForwardBody? Forwarded { get; init; }

    /// <summary>Who is named in the text; those of them who are in the chat.</summary>
    public IReadOnlyList<long>? Mentions { get; init; }

    public MediaBody? Media { get; init; }

    public LocationBody? Location { get; init; }

    public ContactBody? Contact { get; init; }

    public PollBody? Poll { get; init; }

    /// <returns>Null for none.</returns>
    public static MessageBody? Read(string? body) => body is null ? null : JsonSerializer.Deserialize(body, MessageBodyJson.Default.MessageBody);

    /// <returns>Null for none. Few messages have a body, and fewer a signature.</returns>
    public static string? SignatureIn(string? body) =>
        body is not null && body.Contains("signature", StringComparison.Ordinal) ? Read(body)?.Signature : null;

    /// <returns>Null when there is nothing in it.</returns>
    public string? Write() => this == Empty ? null : JsonSerializer.Serialize(this, MessageBodyJson.Default.MessageBody);
}

/// <param name="ChatType">The kind of the chat that it was written in.</param>
/// <param name="SenderId">Who wrote it; null where a channel did.</param>
/// <param name="Title">The channel's.</param>
public sealed record ForwardBody(string ChatType, long? SenderId, string? Title);

/// <summary>The file of a message, as it was when the message was sent.</summary>
/// <param name="MediaId">See <c>message_media</c>.</param>
/// <param name="MimeType">Read off the bytes.</param>
/// <param name="Size">Bytes.</param>
public sealed record MediaBody(
    long MediaId, string MimeType, long Size, string? FileName, int? Width, int? Height, int? DurationMs, bool HasThumbnail);

/// <param name="Latitude">Degrees, WGS 84.</param>
/// <param name="Name">Of the place.</param>
public sealed record LocationBody(double Latitude, double Longitude, int? AccuracyMeters, string? Name, string? Address);

/// <summary>Somebody's card, as the sender wrote it.</summary>
/// <param name="UserId">Their account, where the sender knows it.</param>
public sealed record ContactBody(string Name, string? PhoneNumber, long? UserId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageBody))]
internal sealed partial class MessageBodyJson : JsonSerializerContext;

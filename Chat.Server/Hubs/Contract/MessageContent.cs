using System.Text.Json.Serialization;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>
/// What a message answers. <paramref name="MessageId"/> alone where you may not see that message (any more), and in an event where somebody
/// in the chat may not: look it up among the messages then.
/// </summary>
/// <param name="MessageId">A message of the same chat.</param>
/// <param name="SenderId">Who wrote it.</param>
/// <param name="Type">See <see cref="MessageTypes"/>.</param>
/// <param name="Text">The beginning of its text, up to 140 UTF-16 code units; absent where it has none.</param>
public sealed record ReplyView(
    long MessageId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? SenderId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text = null);

/// <summary>The file of a message; its bytes are at <c>/api/media/{mediaId}</c>, for whoever may see the message.</summary>
/// <param name="MimeType">As found in the bytes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="HasThumbnail">Whether it had one when the message was sent.</param>
/// <param name="Width">Pixels, as the uploader said; with height, of images and videos.</param>
/// <param name="DurationMs">As the uploader said.</param>
public sealed record MessageMediaView(
    long MediaId, string MimeType, long Size, bool HasThumbnail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Width = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Height = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? DurationMs = null);

/// <summary>A place, as its sender gave it.</summary>
/// <param name="Latitude">Degrees, WGS 84: -90 to 90.</param>
/// <param name="Longitude">-180 to 180.</param>
/// <param name="AccuracyMeters">1–100,000.</param>
/// <param name="Name">Of the place; 1–100 characters.</param>
/// <param name="Address">1–200 characters.</param>
public sealed record LocationView(
    [property: JsonRequired] double Latitude, [property: JsonRequired] double Longitude,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AccuracyMeters = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Address = null)
{
    internal void Check(string field)
    {
        if (!double.IsFinite(Latitude) || Math.Abs(Latitude) > 90) throw ChatException.Invalid($"{field}.latitude", "must be from -90 to 90");
        if (!double.IsFinite(Longitude) || Math.Abs(Longitude) > 180) throw ChatException.Invalid($"{field}.longitude", "must be from -180 to 180");
        if (AccuracyMeters is { } accuracy) Validation.Check.Range($"{field}.accuracyMeters", accuracy, 1, 100_000, 1);
        Validation.Check.OptionalText($"{field}.name", Name, 1, Limits.PlaceNameLength);
        Validation.Check.OptionalText($"{field}.address", Address, 1, Limits.PlaceAddressLength);
    }
}

/// <summary>Somebody's card, as the sender wrote it: nobody has looked whether it is true. It has a phone number, an account, or both.</summary>
/// <param name="Name">1–100 characters.</param>
/// <param name="PhoneNumber">E.164: a plus and 8–15 digits.</param>
/// <param name="UserId">Their account.</param>
public sealed record ContactCardView(
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PhoneNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? UserId = null)
{
    internal void Check(string field)
    {
        Validation.Check.Text($"{field}.name", Name, 1, Limits.ContactNameLength);
        if (PhoneNumber is not null && !AccountRules.IsPhoneNumber(PhoneNumber))
            throw ChatException.Invalid($"{field}.phoneNumber", "must be in the form +4915112345678: a plus and 8 to 15 digits");
        if (UserId is { } userId) Validation.Check.Id($"{field}.userId", userId);
        if (UserId is null && PhoneNumber is null) throw ChatException.Invalid(field, "needs a phone number or a user id");
    }
}

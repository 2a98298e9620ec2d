using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>What names, phone numbers, usernames and passwords must look like. Each method returns the value as it is stored.</summary>
internal static class AccountRules
{
    public const int MaxName = 100;
    public const int MinPassword = 8;
    public const int MaxPassword = 128;
    public const int MaxDeviceName = 100;
    public const int MaxStatus = 140;
    public const int MaxPictureUrl = 500;
    private const int MaxLogin = 100;

    public static string Name(string? value) => Check.Text("name", value?.Trim(), 1, MaxName);

    /// <summary>E.164: a plus and 8 to 15 digits, the first of them not zero.</summary>
    public static string PhoneNumber(string? value)
    {
        const string field = "phoneNumber";
        Check.Text(field, value, 1, MaxLogin);
        return IsPhoneNumber(value) ? value : throw ChatException.Invalid(field, "must be in the form +4915112345678: a plus and 8 to 15 digits");
    }

    /// <summary>Any characters count, but for half ones and control characters: those do not survive every keyboard and encoding.</summary>
    public static string NewPassword(string? value, string field = "password") => Check.Text(field, value, MinPassword, MaxPassword);

    public static string? Username(string? value)
    {
        const string field = "username";
        if (value is null)
            return null;
        var folded = Check.Text(field, value, 1, MaxLogin).ToLowerInvariant();
        return IsUsername(folded)
            ? folded
            : throw ChatException.Invalid(field, "must have 3 to 32 of a-z, 0-9 and _, and begin with a letter");
    }

    /// <summary>An empty one is none.</summary>
    public static string? DeviceName(string? value) => EmptyAsNull(Check.OptionalText("deviceName", value?.Trim(), 0, MaxDeviceName));

    /// <summary>An empty one is none.</summary>
    public static string? Status(string? value) => EmptyAsNull(Check.OptionalText("status", value?.Trim(), 0, MaxStatus));

    public static string? ProfilePictureUrl(string? value)
    {
        const string field = "profilePictureUrl";
        if (Check.OptionalText(field, value, 1, MaxPictureUrl) is not { } text)
            return null;
        // Other schemes run code or read local files in some clients.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? text
            : throw ChatException.Invalid(field, "must be an absolute http or https address");
    }

    /// <summary>What somebody typed to be found by.</summary>
    public static Login Login(string? value)
    {
        var text = Check.Text("login", value?.Trim(), 1, MaxLogin).ToLowerInvariant();
        return new Login(text, IsPhoneNumber(text) ? text : null, IsUsername(text) ? text : null);
    }

    internal static bool IsPhoneNumber(string? value) =>
        value is not null && value.Length is >= 9 and <= 16 && value[0] == '+' && value[1] != '0' && !value.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    private static bool IsUsername(string value) =>
        value.Length is >= 3 and <= 32 && value[0] is >= 'a' and <= 'z' && value.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_');

    private static string? EmptyAsNull(string? value) => value is { Length: 0 } ? null : value;
}

/// <summary>A phone number or a username, or neither: then nobody has it.</summary>
/// <param name="Text">As typed, trimmed, in lower case.</param>
internal sealed record Login(string Text, string? PhoneNumber, string? Username);

namespace Chat.Server.Errors;

/// <summary>
/// Every error code of the product, with its meaning. Hub errors read <c>code: text</c>, HTTP errors carry the code in ProblemDetails (<c>code</c>).
/// For <c>invalid</c> the text begins with the field's name: <c>invalid: text: must not be empty</c>.
/// </summary>
public static class ErrorCodes
{
    public const string Unauthenticated = "unauthenticated";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string Invalid = "invalid";
    public const string Conflict = "conflict";
    public const string RateLimited = "rate_limited";
    public const string TooLarge = "too_large";
    public const string Unavailable = "unavailable";
    public const string Suspended = "suspended";
    public const string TooSlow = "too_slow";
    public const string Internal = "internal";

    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        new(Unauthenticated, 401, false, "No valid token, or the session has ended: log in again."),
        new(Forbidden, 403, false, "You may see this, but not do that with it."),
        new(Suspended, 403, false, "This account may not log in, until a time that the text names or for ever."),
        new(NotFound, 404, false, "It does not exist, or you may not know of it."),
        new(Invalid, 400, false, "A field is missing, malformed or out of range; the text names it."),
        new(Conflict, 409, false, "It contradicts what is stored: a phone number or username that is taken, for example."),
        new(RateLimited, 429, true, "Too many calls. Wait as long as the text says, then try again."),
        new(TooLarge, 413, false, "More than the limit allows; the text names the field and the limit."),
        new(Unavailable, 503, true, "The server cannot do it now. Try again with the same clientMessageId: a repeat is free."),
        new(TooSlow, 408, true, "Why a hub connection was closed: you did not read what was sent to you. Connect again, then catch up."),
        new(Internal, 500, true, "A fault of the server; the text holds a trace id for its operators."),
    ];

    public static ErrorCode Find(string code) => All.First(c => c.Code == code);
}

/// <param name="HttpStatus">The status that goes with it over HTTP.</param>
/// <param name="Retryable">Whether the same call may succeed later without a change.</param>
public sealed record ErrorCode(string Code, int HttpStatus, bool Retryable, string Meaning);

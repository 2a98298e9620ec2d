namespace Chat.Server.Errors;

/// <summary>An answer of the product to its caller: a code of <see cref="ErrorCodes"/> and a text that may be shown.</summary>
public sealed class ChatException : Exception
{
    public ChatException(string code, string text, Exception? inner = null) : base(text, inner) => Code = code;

    public string Code { get; }

    /// <summary>When a repeat has a chance, where that is known. The text says it as well.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>What a hub client receives.</summary>
    public string WireText => $"{Code}: {Message}";

    public static ChatException Invalid(string field, string reason) => new(ErrorCodes.Invalid, $"{field}: {reason}");

    public static ChatException TooLarge(string field, string reason) => new(ErrorCodes.TooLarge, $"{field}: {reason}");

    public static ChatException NotFound(string what) => new(ErrorCodes.NotFound, $"{what} does not exist, or you may not see it");

    public static ChatException ChatNotFound() => NotFound("this chat");

    public static ChatException Forbidden(string text) => new(ErrorCodes.Forbidden, text);

    /// <param name="until">UTC; far away for ever.</param>
    public static ChatException Suspended(DateTime until) => new(
        ErrorCodes.Suspended, until.Year >= 9999 ? "this account is suspended" : $"this account is suspended until {until:yyyy-MM-ddTHH:mm:ssZ}");

    public static ChatException Unauthenticated(string text) => new(ErrorCodes.Unauthenticated, text);

    public static ChatException Conflict(string field, string reason) => new(ErrorCodes.Conflict, $"{field}: {reason}");

    public static ChatException Unavailable(string text, Exception? inner = null) => new(ErrorCodes.Unavailable, text, inner);

    /// <param name="retryAfter">When a repeat has a chance; clients read the number out of the text.</param>
    public static ChatException Unavailable(string text, TimeSpan retryAfter) =>
        new(ErrorCodes.Unavailable, WithDelay(text, retryAfter)) { RetryAfter = retryAfter };

    /// <param name="retryAfter">When a repeat has a chance; clients read the number out of the text.</param>
    public static ChatException RateLimited(string text, TimeSpan retryAfter) =>
        new(ErrorCodes.RateLimited, WithDelay(text, retryAfter)) { RetryAfter = retryAfter };

    private static string WithDelay(string text, TimeSpan retryAfter) =>
        $"{text} (retry after {Math.Max(1, (long)retryAfter.TotalMilliseconds)} ms)";
}

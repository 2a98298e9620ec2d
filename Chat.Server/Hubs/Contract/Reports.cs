using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="MessageId">A message of somebody else that you see.</param>
/// <param name="Reason">See <see cref="ReportReasons"/>.</param>
/// <param name="Comment">1–500 characters for those who look into it.</param>
public sealed record ReportMessageRequest(long ChatId, long MessageId, string Reason, string? Comment = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        ReportReasons.Check(Reason, Comment);
    }
}

/// <param name="Reason">See <see cref="ReportReasons"/>.</param>
/// <param name="Comment">1–500 characters for those who look into it.</param>
public sealed record ReportUserRequest(long UserId, string Reason, string? Comment = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("userId", UserId);
        ReportReasons.Check(Reason, Comment);
    }
}

/// <param name="Reported">Always true. A report that you made before stays as it was.</param>
public sealed record ReportResult(bool Reported);

public static class ReportReasons
{
    public const string Spam = "spam";
    public const string Abuse = "abuse";
    public const string Violence = "violence";
    public const string Sexual = "sexual";
    public const string Illegal = "illegal";
    public const string Other = "other";

    internal static IReadOnlyList<string> All { get; } = [Spam, Abuse, Violence, Sexual, Illegal, Other];

    /// <exception cref="ChatException"/>
    internal static void Check(string? reason, string? comment)
    {
        Validation.Check.OneOf("reason", reason, All);
        Validation.Check.OptionalText("comment", comment, 1, Limits.CommentLength, allowNewLines: true);
        if (comment is not null && string.IsNullOrWhiteSpace(comment)) throw ChatException.Invalid("comment", "must not be only white space");
    }
}

using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="Seconds">How long new messages stay: 86,400 (a day), 604,800 (a week) or 7,776,000 (90 days); absent or null: for good.</param>
public sealed record SetDisappearingRequest(long ChatId, int? Seconds = null) : IHubRequest
{
    private static readonly int[] Choices = [86_400, 604_800, 7_776_000];

    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (Seconds is { } seconds && !Choices.Contains(seconds))
            throw ChatException.Invalid("seconds", $"must be one of {string.Join(", ", Choices)}, or absent");
    }
}

/// <param name="MessageId">The system message that records it; null when nothing changed.</param>
public sealed record SetDisappearingResult(long ChatId, int? Seconds, long? MessageId);

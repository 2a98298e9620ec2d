using System.Text.Json.Serialization;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>A poll that is to be sent.</summary>
/// <param name="Question">1–300 characters.</param>
/// <param name="Options">2–12 different ones of 1–100 characters.</param>
/// <param name="Multiple">Whether one may choose several.</param>
/// <param name="Anonymous">Whether nobody learns who chose what.</param>
/// <param name="ClosesAt">UTC; no votes from then on. Absent: until you close it.</param>
public sealed record PollDraft(
    string Question, IReadOnlyList<string> Options, bool Multiple = false, bool Anonymous = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ClosesAt = null)
{
    internal void Check(string field)
    {
        Validation.Check.Text($"{field}.question", Question, 1, Limits.PollQuestionLength, allowNewLines: true);
        if (string.IsNullOrWhiteSpace(Question)) throw ChatException.Invalid($"{field}.question", "must not be only white space");
        if (Options is null) throw ChatException.Invalid($"{field}.options", "is required");
        if (Options.Count > Limits.PollOptions) throw ChatException.TooLarge($"{field}.options", $"must hold at most {Limits.PollOptions}");
        if (Options.Count < 2) throw ChatException.Invalid($"{field}.options", "must hold at least 2");
        foreach (var option in Options)
        {
            Validation.Check.Text($"{field}.options", option, 1, Limits.PollOptionLength);
            if (string.IsNullOrWhiteSpace(option)) throw ChatException.Invalid($"{field}.options", "must not be only white space");
        }
        if (Options.Distinct().Count() < Options.Count) throw ChatException.Invalid($"{field}.options", "must be different");
        if (ClosesAt is { Kind: DateTimeKind.Unspecified }) throw ChatException.Invalid($"{field}.closesAt", "must say its time zone: 2026-01-31T12:00:00Z");
    }
}

/// <summary>A poll as it stands.</summary>
/// <param name="Voters">People who voted.</param>
/// <param name="ClosesAt">UTC; no votes from then on. Absent: until its author closes it.</param>
/// <param name="ClosedAt">UTC; present once its author has closed it.</param>
public sealed record PollView(
    string Question, IReadOnlyList<PollOptionView> Options, bool Multiple, bool Anonymous, int Voters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ClosesAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ClosedAt = null);

public sealed record PollOptionView(string Text, int Votes);

/// <param name="Options">Positions of what you choose, beginning with 0; at most one where the poll is not multiple. Empty takes your vote back.</param>
public sealed record VotePollRequest(long ChatId, long MessageId, IReadOnlyList<int> Options) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        if (Options is null) throw ChatException.Invalid("options", "is required");
        if (Options.Count > Limits.PollOptions) throw ChatException.TooLarge("options", $"must hold at most {Limits.PollOptions}");
        foreach (var option in Options) Check.Range("options", option, 0, Limits.PollOptions - 1, 0);
    }
}

public sealed record ClosePollRequest(long ChatId, long MessageId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
    }
}

/// <param name="Option">The position of an option: only those who chose it; absent or null for all.</param>
/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListVotesRequest(long ChatId, long MessageId, int? Option = null, long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        Check.Range("option", Option, 0, Limits.PollOptions - 1, 0);
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Votes">Ascending by user id.</param>
public sealed record VotePage(long ChatId, long MessageId, IReadOnlyList<VoteView> Votes, bool HasMore);

/// <param name="User">Perhaps somebody who has left the chat since.</param>
/// <param name="Options">Positions of what they chose.</param>
/// <param name="VotedAt">UTC.</param>
public sealed record VoteView(UserView User, IReadOnlyList<int> Options, DateTime VotedAt);

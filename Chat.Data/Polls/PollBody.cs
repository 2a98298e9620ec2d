namespace Chat.Data.Polls;

/// <summary>A poll as its message holds it: what is asked, and how the votes stand.</summary>
/// <param name="ClosesAt">UTC; no votes from then on. Null: until its author closes it.</param>
/// <param name="ClosedAt">When its author closed it.</param>
/// <param name="Voters">People who voted.</param>
public sealed record PollBody(
    string Question, IReadOnlyList<PollOption> Options, bool Multiple, bool Anonymous, DateTime? ClosesAt = null, DateTime? ClosedAt = null, int Voters = 0)
{
    public bool IsClosed(DateTime now) => ClosedAt is not null || ClosesAt <= now;

    /// <summary>The same poll, open and without votes; it closes by itself only if that time is to come.</summary>
    public PollBody Fresh(DateTime now) => this with
    {
        Options = [.. Options.Select(option => option with { Votes = 0 })], Voters = 0, ClosedAt = null, ClosesAt = ClosesAt > now ? ClosesAt : null,
    };

    /// <summary>Whether somebody may choose these, one bit an option: options that there are, and no more than one where that is so.</summary>
    public bool Allows(int options) =>
        options >> Options.Count == 0 && (Multiple || System.Numerics.BitOperations.PopCount((uint)options) <= 1);

    /// <summary>After one person changed their vote.</summary>
    public PollBody Voted(int before, int after) => this with
    {
        Options = [.. Options.Select((option, i) => option with { Votes = option.Votes + (after >> i & 1) - (before >> i & 1) })],
        Voters = Voters + (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0),
    };
}

public sealed record PollOption(string Text, int Votes = 0);

/// <summary>Choices of one person, one bit an option, as the wire lists them: by their position, beginning with 0.</summary>
public static class PollChoices
{
    public static int FromList(IEnumerable<int> positions) => positions.Aggregate(0, (options, position) => options | 1 << position);

    public static IReadOnlyList<int> ToList(int options) => [.. Enumerable.Range(0, 31).Where(position => (options >> position & 1) == 1)];
}

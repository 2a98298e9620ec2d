namespace Chat.Server.Tests.Properties;

/// <summary>How far a numbered stream is accounted for, whatever order its numbers come in.</summary>
internal sealed class Sequence(long from)
{
    private readonly HashSet<long> _aside = [];
    private long _last = from;

    /// <summary>Everything up to here was applied.</summary>
    public long UpTo { get; private set; } = from;

    /// <summary>A number is known to exist that was not applied.</summary>
    public bool HasHole => _last > UpTo;

    public void NoteLast(long number) => _last = Math.Max(_last, number);

    public void Applied(long number)
    {
        NoteLast(number);
        if (number > UpTo) _aside.Add(number);
        while (_aside.Remove(UpTo + 1)) UpTo++;
    }

    /// <summary>An answer accounts for everything up to this number.</summary>
    public void AccountsFor(long upTo)
    {
        NoteLast(upTo);
        UpTo = Math.Max(UpTo, upTo);
        _aside.RemoveWhere(number => number <= UpTo);
        while (_aside.Remove(UpTo + 1)) UpTo++;
    }
}

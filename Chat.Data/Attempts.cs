namespace Chat.Data;

/// <summary>
/// Counts how often one transaction was refused, and says whether it is run again. A lost race is over at once and may be
/// repeated often: where two nodes of a cluster write in one chat, each commit of one refuses what the other has under way.
/// A lock timeout has cost the better part of a minute already, and is repeated once.
/// </summary>
internal sealed class Attempts
{
    private const int MaxLostRaces = 30;
    private const int MaxLockTimeouts = 2;

    /// <summary>Long enough for another node's batch to be through, and in all about a second and a half.</summary>
    private const int MaxDelayMilliseconds = 100;

    private int _lostRaces;
    private int _lockTimeouts;

    /// <returns>False when the exception is no conflict, or has come too often.</returns>
    public bool MayTryAgain(Exception exception) =>
        exception.IsLostRace() ? ++_lostRaces < MaxLostRaces : exception.IsLockTimeout() && ++_lockTimeouts < MaxLockTimeouts;

    /// <summary>A random while, so that those who met do not meet again.</summary>
    public Task BackOffAsync(CancellationToken cancellationToken) =>
        Task.Delay(Random.Shared.Next(1, Math.Min(10 * (_lostRaces + 1), MaxDelayMilliseconds)), cancellationToken);
}

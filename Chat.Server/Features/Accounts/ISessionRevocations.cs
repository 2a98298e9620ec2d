namespace Chat.Server.Features.Accounts;

/// <summary>Hears of sessions that have ended, so that what they still hold open is closed, on every node.</summary>
public interface ISessionRevocations
{
    /// <summary>
    /// Called after the commit; a session may be reported more than once. Must not throw: the sessions are over whatever happens here,
    /// and their tokens are refused at the next call.
    /// </summary>
    Task RevokedAsync(long userId, IReadOnlyList<long> sessionIds, CancellationToken cancellationToken);
}

/// <summary>For a server that holds nothing open.</summary>
internal sealed class NoSessionRevocations : ISessionRevocations
{
    public Task RevokedAsync(long userId, IReadOnlyList<long> sessionIds, CancellationToken cancellationToken) => Task.CompletedTask;
}

namespace Chat.Server.Features.Presence;

/// <summary>Section <c>Presence</c>.</summary>
public sealed record PresenceOptions
{
    /// <summary>How long a connection counts as online without a sign of its node. Renewed at a third of it.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long somebody stays online after the last connection ended, so that a reconnect does not show.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often ended presences are looked for.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    internal static (string Key, string Reason)? Check(PresenceOptions options) =>
        options.LeaseTime < TimeSpan.FromSeconds(1) ? (nameof(LeaseTime), "must be at least 1 second")
        : options.Linger < TimeSpan.Zero || options.Linger > options.LeaseTime ? (nameof(Linger), "must be from 0 to the lease time")
        : options.SweepInterval < TimeSpan.FromMilliseconds(50) ? (nameof(SweepInterval), "must be at least 50 ms")
        : null;
}

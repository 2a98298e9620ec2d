namespace Chat.Server.Tests.Accounts;

/// <summary>A clock that a test sets. Timers are real ones: only what asks for the time notices.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);
}

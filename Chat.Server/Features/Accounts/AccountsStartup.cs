namespace Chat.Server.Features.Accounts;

/// <summary>
/// What must be there before the first request. It comes before any other service starts, the framework's own first look at the key ring
/// included, and needs the migrated database.
/// </summary>
internal sealed class AccountsStartup(IServiceProvider services, Passwords passwords) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await DataProtectionKeyRing.EnsureAsync(services, cancellationToken);
        await passwords.WarmUpAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

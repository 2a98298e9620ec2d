using Chat.Data.Accounts;
using Chat.Server.Errors;
using Microsoft.AspNetCore.Identity;

namespace Chat.Server.Features.Accounts;

/// <param name="RenewedHash">The same password hashed by today's rules, where the stored hash is weaker.</param>
internal sealed record PasswordCheck(bool Matches, string? RenewedHash)
{
    public override string ToString() => Matches ? "matches" : "does not match";
}

/// <summary>
/// Hashes and verifies passwords: tens of milliseconds of a core each, on purpose. So only a few run at once, on threads of their own rather
/// than on the pool's, which the hub needs; a bounded number waits, and the rest is told to come again.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private static readonly CredentialsRow Nobody = new(0, "");

    private readonly IPasswordHasher<CredentialsRow> _hasher;
    private readonly SemaphoreSlim _slots;
    private readonly int _maxInside;
    private readonly Lazy<string> _dummyHash;
    private int _inside;

    public Passwords(IPasswordHasher<CredentialsRow> hasher, AuthOptions options)
    {
        _hasher = hasher;
        _slots = new SemaphoreSlim(options.PasswordConcurrency);
        _maxInside = options.PasswordConcurrency + options.PasswordQueueLimit;
        _dummyHash = new Lazy<string>(() => hasher.HashPassword(Nobody, "nobody has this password"));
    }

    /// <exception cref="ChatException"><c>unavailable</c>: too many wait already.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(() => _hasher.HashPassword(Nobody, password), cancellationToken);

    /// <param name="storedHash">Null for an account that does not exist: it costs the same time and never matches.</param>
    /// <exception cref="ChatException"><c>unavailable</c>: too many wait already.</exception>
    public Task<PasswordCheck> VerifyAsync(string? storedHash, string password, CancellationToken cancellationToken) =>
        RunAsync(
            () =>
            {
                var result = _hasher.VerifyHashedPassword(Nobody, storedHash ?? _dummyHash.Value, password);
                if (storedHash is null || result == PasswordVerificationResult.Failed)
                    return new PasswordCheck(false, null);
                return new PasswordCheck(
                    true, result == PasswordVerificationResult.SuccessRehashNeeded ? _hasher.HashPassword(Nobody, password) : null);
            },
            cancellationToken);

    /// <summary>Makes the dummy hash ahead of the first log-in, whose time would otherwise tell that its account does not exist.</summary>
    public Task WarmUpAsync(CancellationToken cancellationToken) => RunAsync(() => _dummyHash.Value, cancellationToken);

    public void Dispose() => _slots.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > _maxInside)
                throw ChatException.Unavailable("too many log-ins at once, try again in a moment");
            await _slots.WaitAsync(cancellationToken);
            try
            {
                return await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}

using System.Collections.Concurrent;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs.Filters;

/// <summary>What one user may do on one node, over all connections.</summary>
/// <param name="CallsPerSecond">Hub calls of any kind.</param>
/// <param name="CallBurst">As many at once, after a rest.</param>
/// <param name="SendsPerSecond">Messages sent, also by forwarding, reactions and votes.</param>
/// <param name="SendBurst">As many at once: an outbox that is emptied after a time offline.</param>
/// <param name="TypingPerSecond">Calls of <c>SetTyping</c>.</param>
/// <param name="TypingBurst">As many at once.</param>
/// <param name="SearchesPerSecond">Searches, of whatever.</param>
/// <param name="SearchBurst">As many at once: one for each letter that is typed.</param>
public sealed record RateLimitOptions(
    int CallsPerSecond = 200, int CallBurst = 2000, int SendsPerSecond = 50, int SendBurst = 1000, int TypingPerSecond = 2, int TypingBurst = 20,
    int SearchesPerSecond = 3, int SearchBurst = 30);

/// <summary>
/// Holds each call against its user's token buckets. They outlive the user's connections, so that a reconnect buys nothing, until they
/// are full again: from then on they say no more than new ones would, and are let go.
/// </summary>
internal sealed class CallLimits : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, UserRateLimits> _users = new();
    private readonly Func<long, UserRateLimits> _create;
    private readonly ITimer _sweeper;

    public CallLimits(RateLimitOptions options, TimeProvider time)
    {
        _create = _ => new UserRateLimits(options, time);
        _sweeper = time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Users whose buckets are kept: those who called within the time in which a bucket fills.</summary>
    public int Count => _users.Count;

    /// <exception cref="ChatException"><c>rate_limited</c>.</exception>
    public void Take(long userId, string method, object? request)
    {
        var limits = _users.GetOrAdd(userId, _create);
        Take(limits.Calls, "too many calls");
        if (method is nameof(ChatHub.SendMessage) or nameof(ChatHub.SetReaction) or nameof(ChatHub.VotePoll)) Take(limits.Sends, "too many messages");
        else if (method == nameof(ChatHub.ForwardMessages)) Take(limits.Sends, "too many messages", MessagesOf(request));
        else if (method == nameof(ChatHub.SetTyping)) Take(limits.Typing, "too many signs of typing");
        else if (IsSearch(method)) Take(limits.Searches, "too many searches");
    }

    private static bool IsSearch(string method) => method is nameof(ChatHub.SearchMessages) or nameof(ChatHub.SearchChat)
        or nameof(ChatHub.SearchChats) or nameof(ChatHub.SearchPeople);

    public void Dispose() => _sweeper.Dispose();

    private void Sweep()
    {
        foreach (var user in _users)
            if (user.Value.AreFull) _users.TryRemove(user);
    }

    /// <summary>What a call that has not been checked yet would send.</summary>
    private static int MessagesOf(object? request) =>
        request is ForwardMessagesRequest { MessageIds: { } messages, ToChatIds: { } chats }
            ? (int)Math.Clamp((long)messages.Count * chats.Count, 1, Limits.PageSize * Limits.ForwardTargets)
            : 1;

    private static void Take(TokenBucket bucket, string text, int count = 1)
    {
        if (!bucket.TryTake(out var retryAfter, count)) throw ChatException.RateLimited(text, retryAfter);
    }
}

/// <summary>The buckets of one user.</summary>
public sealed class UserRateLimits(RateLimitOptions options, TimeProvider time)
{
    public bool AreFull => Calls.IsFull && Sends.IsFull && Typing.IsFull && Searches.IsFull;

    public TokenBucket Calls { get; } = new(options.CallsPerSecond, options.CallBurst, time);

    public TokenBucket Sends { get; } = new(options.SendsPerSecond, options.SendBurst, time);

    public TokenBucket Searches { get; } = new(options.SearchesPerSecond, options.SearchBurst, time);

    public TokenBucket Typing { get; } = new(options.TypingPerSecond, options.TypingBurst, time);
}

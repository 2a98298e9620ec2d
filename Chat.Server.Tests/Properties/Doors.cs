using System.Collections.Concurrent;

namespace Chat.Server.Tests.Properties;

/// <summary>An invite whose code everybody knows.</summary>
internal sealed record Invite(long ChatId, long InviteId, string Code, int? MaxUses, bool NeedsApproval)
{
    private volatile bool _isRevoked;

    /// <summary>Its revocation was answered.</summary>
    public bool IsRevoked
    {
        get => _isRevoked;
        set => _isRevoked = value;
    }
}

/// <summary>Ways into chats: invites, and who is banned.</summary>
internal sealed class Doors(Findings findings)
{
    private readonly ConcurrentDictionary<(long ChatId, long UserId), Known<bool>> _bans = [];

    public ConcurrentQueue<Invite> Invites { get; } = [];

    /// <summary>Who asked to be let in.</summary>
    public ConcurrentDictionary<(long ChatId, long UserId), byte> Asked { get; } = [];

    /// <summary>Whose request somebody began to answer.</summary>
    public ConcurrentDictionary<(long ChatId, long UserId), byte> Answered { get; } = [];

    /// <summary>Who was let in by an answer, once for each time.</summary>
    public ConcurrentQueue<long> LetInByAnswer { get; } = [];

    /// <summary>Chats in which somebody was ever banned.</summary>
    public IEnumerable<(long ChatId, long UserId)> EverBanned => _bans.Keys;

    public Known<bool> BanOf(long chatId, long userId) => _bans.GetOrAdd((chatId, userId), _ => new Known<bool>(false));

    /// <summary>What was known of a ban before somebody came in; to be given to <see cref="CameIn"/>.</summary>
    public Fact<bool>? BanNow(long chatId, long userId) => _bans.TryGetValue((chatId, userId), out var ban) ? ban.Fact : null;

    public void CameIn(long chatId, long userId, Fact<bool>? before, string how)
    {
        if (before is { Value: true } && ReferenceEquals(before, BanNow(chatId, userId)))
            findings.Fault($"{userId} was banned from chat {chatId}, and came in {how}.");
    }
}

using System.Collections.Frozen;

namespace Chat.Data.Settings;

/// <summary>Whom something is for. Names as on the wire and in the database.</summary>
public enum Audience
{
    Everyone,

    /// <summary>Those whom the person has among the contacts.</summary>
    Contacts,

    /// <summary>The contacts without those on the list of exceptions.</summary>
    ContactsExcept,

    Nobody,
}

/// <summary>What a person decides about.</summary>
public enum PrivacySetting
{
    /// <summary>Who sees whether they are online, and when they were last seen.</summary>
    LastSeen,
    Picture,
    Status,

    /// <summary>Who may add them to groups.</summary>
    Groups,
}

/// <summary>
/// What one person lets others see and do, in full: who is a contact, who is excepted, who is blocked. Immutable, so it may be shared and kept.
/// </summary>
/// <param name="Contacts">Empty where no setting asks for them.</param>
public sealed record PersonPrivacy(
    long UserId,
    Audience LastSeen,
    Audience Picture,
    Audience Status,
    Audience Groups,
    bool ReadReceipts,
    FrozenSet<long> Contacts,
    FrozenSet<(PrivacySetting Setting, long UserId)> Exceptions,
    FrozenSet<long> Blocked)
{
    /// <summary>Whether it is for somebody. Whoever is blocked sees nothing and may nothing; oneself sees all.</summary>
    public bool IsFor(PrivacySetting setting, long otherUserId)
    {
        if (otherUserId == UserId) return true;
        if (Blocks(otherUserId)) return false;
        return AudienceOf(setting) switch
        {
            Audience.Everyone => true,
            Audience.Contacts => Contacts.Contains(otherUserId),
            Audience.ContactsExcept => Contacts.Contains(otherUserId) && !Exceptions.Contains((setting, otherUserId)),
            _ => false,
        };
    }

    public bool Blocks(long otherUserId) => Blocked.Contains(otherUserId);

    public Audience AudienceOf(PrivacySetting setting) => setting switch
    {
        PrivacySetting.LastSeen => LastSeen,
        PrivacySetting.Picture => Picture,
        PrivacySetting.Status => Status,
        PrivacySetting.Groups => Groups,
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };
}

/// <summary>Reads what people let others see.</summary>
public interface IPrivacyReader
{
    /// <summary>Of many people in one round trip. Somebody who has set nothing, or does not exist, has the defaults.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<PersonPrivacy>> ListAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken);
}

using Chat.Data.Accounts;

namespace Chat.Data.Contacts;

/// <summary>A contact with what others may see of the person.</summary>
/// <param name="ContactName">The owner's own name for the person, or null.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="PhoneNumber">For the answer to whoever asked by this very number; never shown otherwise.</param>
public sealed record ContactRow(
    long UserId, string? ContactName, DateTime CreatedAt, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId,
    string PhoneNumber) : IPersonRow
{
    public override string ToString() => $"contact {UserId}";
}

/// <summary>People whom somebody knows: tables <c>contacts</c> and <c>phone_lookups</c>.</summary>
public interface IContactStore
{
    /// <summary>Adds people who exist, up to a limit; those who are contacts already stay as they are, except for a name that is given.</summary>
    /// <param name="name">The same for all of them: null keeps what a contact has.</param>
    /// <returns>Those who are contacts now, ascending by id; null when there would be too many, and nothing was written.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<IReadOnlyList<ContactRow>?> AddAsync(
        long userId, IReadOnlyCollection<long> contactUserIds, string? name, int maxContacts, DateTime now, CancellationToken cancellationToken);

    /// <param name="name">Null for none.</param>
    /// <returns>Null when the person is no contact.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ContactRow?> RenameAsync(long userId, long contactUserId, string? name, CancellationToken cancellationToken);

    /// <returns>False when the person was no contact.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<bool> RemoveAsync(long userId, long contactUserId, CancellationToken cancellationToken);

    /// <summary>Ascending by id.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ContactRow>> ListAsync(long userId, long afterUserId, int limit, CancellationToken cancellationToken);

    /// <summary>Counts look-ups of phone numbers before they are made; what was refused is not counted.</summary>
    /// <returns>False when the day's limit would be passed.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<bool> TakeLookupsAsync(long userId, DateTime day, int numbers, int maxPerDay, CancellationToken cancellationToken);

    /// <returns>Who has these numbers; those that nobody has are left out.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<long>> FindByPhoneAsync(IReadOnlyCollection<string> phoneNumbers, CancellationToken cancellationToken);
}

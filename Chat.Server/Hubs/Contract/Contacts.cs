using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>Give either the user id or the phone number. Somebody who is a contact already stays one, and gets the name if one is given.</summary>
/// <param name="PhoneNumber">E.164: a plus and 8–15 digits. Counts against the day's look-ups.</param>
/// <param name="Name">Your own name for the person, 1–100 characters; nobody else sees it. Null for none.</param>
public sealed record AddContactRequest(long? UserId = null, string? PhoneNumber = null, string? Name = null) : IHubRequest
{
    public void Validate()
    {
        if (UserId is { } userId) Check.Id("userId", userId);
        if (PhoneNumber is not null) AccountRules.PhoneNumber(PhoneNumber);
        ContactNames.Check(Name);
        if (UserId is null == PhoneNumber is null) throw ChatException.Invalid("userId", "give either a user id or a phone number");
    }

    public override string ToString() => nameof(AddContactRequest);
}

/// <param name="Name">1–100 characters; null for none.</param>
public sealed record RenameContactRequest(long UserId, string? Name = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("userId", UserId);
        ContactNames.Check(Name);
    }
}

public sealed record RemoveContactRequest(long UserId) : IHubRequest
{
    public void Validate() => Check.Id("userId", UserId);
}

/// <param name="Removed">False when the person was no contact.</param>
public sealed record RemoveContactResult(long UserId, bool Removed);

/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListContactsRequest(long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Contacts">Ascending by user id.</param>
public sealed record ContactPage(IReadOnlyList<ContactView> Contacts, bool HasMore);

/// <param name="Name">Your own name for the person; null for none.</param>
/// <param name="AddedAt">UTC.</param>
public sealed record ContactView(UserView User, string? Name, DateTime AddedAt);

/// <param name="PhoneNumbers">1–500 in E.164; doubles count once. Each counts against the day's look-ups, found or not.</param>
public sealed record ImportContactsRequest(IReadOnlyList<string> PhoneNumbers) : IPageRequest
{
    public void Validate()
    {
        const string field = "phoneNumbers";
        if (PhoneNumbers is null) throw ChatException.Invalid(field, "is required");
        if (PhoneNumbers.Count == 0) throw ChatException.Invalid(field, "must not be empty");
        if (PhoneNumbers.Count > Limits.ImportedContacts) throw ChatException.TooLarge(field, $"must hold at most {Limits.ImportedContacts} phone numbers");
        if (!PhoneNumbers.All(AccountRules.IsPhoneNumber)) throw ChatException.Invalid(field, "must be in the form +4915112345678: a plus and 8 to 15 digits");
    }

    public override string ToString() => nameof(ImportContactsRequest);
}

/// <param name="Found">Who has one of the numbers, and is a contact of yours now; those that nobody has are left out. You yourself are.</param>
public sealed record ImportContactsResult(IReadOnlyList<ImportedContact> Found);

public sealed record ImportedContact(string PhoneNumber, ContactView Contact)
{
    public override string ToString() => nameof(ImportedContact);
}

internal static class ContactNames
{
    public static void Check(string? name) => Validation.Check.OptionalText("name", name?.Trim(), 1, Limits.ContactNameLength);
}

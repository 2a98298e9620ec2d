using Chat.Data.Contacts;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Contacts;

/// <summary>The people whom somebody knows, with names that nobody else sees. Whom one knows is also what one's privacy goes by.</summary>
public sealed class ContactService(
    IContactStore contacts, PrivacyService privacy, PrivacyCache cache, ContactOptions options, TimeProvider time)
{
    /// <exception cref="ChatException"><c>not_found</c>: nobody has this id or number; <c>invalid</c>: oneself; <c>too_large</c>, <c>rate_limited</c>.</exception>
    public async Task<ContactView> AddAsync(long userId, AddContactRequest request)
    {
        var contactId = request.UserId ?? await FindAsync(userId, request.PhoneNumber!);
        if (contactId == userId) throw ChatException.Invalid(request.UserId is null ? "phoneNumber" : "userId", "must be somebody else's");
        var added = await AddAsync(userId, [contactId], request.Name?.Trim(), "userId");
        return added is [var contact]
            ? await ViewAsync(userId, contact, CancellationToken.None)
            : throw ChatException.NotFound("this user");
    }

    /// <summary>Only those who have an account are answered: nothing tells which of the other numbers exist.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c>, <c>too_large</c>.</exception>
    public async Task<ImportContactsResult> ImportAsync(long userId, ImportContactsRequest request)
    {
        var numbers = request.PhoneNumbers.Distinct().ToList();
        await TakeLookupsAsync(userId, numbers.Count);
        var found = (await contacts.FindByPhoneAsync(numbers, CancellationToken.None)).Where(id => id != userId).ToList();
        if (found.Count == 0) return new ImportContactsResult([]);

        // Of the rows, not of the numbers: somebody may have changed theirs in between.
        var rows = (await AddAsync(userId, found, name: null, "phoneNumbers")).Where(row => numbers.Contains(row.PhoneNumber)).ToList();
        var views = await ViewAsync(userId, rows, CancellationToken.None);
        return new ImportContactsResult([.. rows.Zip(views, (row, view) => new ImportedContact(row.PhoneNumber, view))]);
    }

    /// <exception cref="ChatException"><c>not_found</c>: no contact.</exception>
    public async Task<ContactView> RenameAsync(long userId, RenameContactRequest request)
    {
        var contact = await contacts.RenameAsync(userId, request.UserId, request.Name?.Trim(), CancellationToken.None)
            ?? throw ChatException.NotFound("this contact");
        return await ViewAsync(userId, contact, CancellationToken.None);
    }

    /// <summary>Somebody who is no contact stays so.</summary>
    public async Task<RemoveContactResult> RemoveAsync(long userId, RemoveContactRequest request)
    {
        var removed = await contacts.RemoveAsync(userId, request.UserId, CancellationToken.None);
        // Also when nothing was: the first try may have been cut off after its commit.
        cache.HasChanged(userId);
        return new RemoveContactResult(request.UserId, removed);
    }

    public async Task<ContactPage> ListAsync(long userId, ListContactsRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await contacts.ListAsync(userId, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        return new ContactPage(await ViewAsync(userId, [.. rows.Take(limit)], cancellationToken), rows.Count > limit);
    }

    private async Task<long> FindAsync(long userId, string phoneNumber)
    {
        await TakeLookupsAsync(userId, 1);
        return await contacts.FindByPhoneAsync([phoneNumber], CancellationToken.None) is [var found] ? found : throw ChatException.NotFound("this user");
    }

    private async Task<IReadOnlyList<ContactRow>> AddAsync(long userId, IReadOnlyCollection<long> contactIds, string? name, string field)
    {
        var rows = await contacts.AddAsync(userId, contactIds, name, options.MaxContacts, time.GetUtcNow().UtcDateTime, CancellationToken.None)
            ?? throw ChatException.TooLarge(field, $"an account has at most {options.MaxContacts} contacts");
        cache.HasChanged(userId);
        return rows;
    }

    private async Task TakeLookupsAsync(long userId, int numbers)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!await contacts.TakeLookupsAsync(userId, now, numbers, options.PhoneLookupsPerDay, CancellationToken.None))
            throw ChatException.RateLimited("too many phone numbers were looked up today", now.Date.AddDays(1) - now);
    }

    private async Task<ContactView> ViewAsync(long userId, ContactRow row, CancellationToken cancellationToken) =>
        (await ViewAsync(userId, [row], cancellationToken))[0];

    private async Task<IReadOnlyList<ContactView>> ViewAsync(long userId, IReadOnlyList<ContactRow> rows, CancellationToken cancellationToken)
    {
        var users = await privacy.HideAsync(
            userId, [.. rows.Select(row => row.ToUser())], cancellationToken);
        return [.. rows.Zip(users, (row, user) => new ContactView(user, row.ContactName, row.CreatedAt))];
    }
}

namespace Chat.Server.Features.Contacts;

/// <summary>Section <c>Contacts</c>.</summary>
public sealed record ContactOptions
{
    /// <summary>Contacts of one account; more are refused.</summary>
    public int MaxContacts { get; init; } = 10_000;

    /// <summary>Phone numbers that one account may ask about on a day (UTC), over all nodes, found or not. Keeps people from trying them all.</summary>
    public int PhoneLookupsPerDay { get; init; } = 5_000;

    internal static (string Key, string Reason)? FindFault(ContactOptions options) =>
        options.MaxContacts is not (>= 1 and <= 100_000) ? (nameof(MaxContacts), "must be from 1 to 100000")
        : options.PhoneLookupsPerDay is not (>= 1 and <= 1_000_000_000) ? (nameof(PhoneLookupsPerDay), "must be from 1 to 1000000000")
        : null;
}

using Chat.Data.Settings;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

public sealed record GetSettingsRequest : IHubRequest
{
    public void Validate()
    {
    }
}

/// <summary>Your settings. The same on all of your devices; <c>SettingsChanged</c> tells the others.</summary>
/// <param name="LastSeen">Who sees whether you are online, and when you were last seen.</param>
/// <param name="Picture">Who sees your profile picture.</param>
/// <param name="Status">Who sees your status text.</param>
/// <param name="Groups">Who may add you to groups; all others can invite you.</param>
/// <param name="ReadReceipts">When off, nobody sees in direct chats what you have read, and you do not see what others have. Groups always show it.</param>
/// <param name="Version">Counts changes: take a view when its version is not below yours.</param>
public sealed record SettingsView(
    PrivacyRuleView LastSeen,
    PrivacyRuleView Picture,
    PrivacyRuleView Status,
    PrivacyRuleView Groups,
    bool ReadReceipts,
    NotificationSettingsView Notifications,
    long Version);

/// <param name="Audience">See <see cref="Audiences"/>.</param>
/// <param name="ExceptIds">Contacts who are left out, with <c>contacts_except</c>; empty otherwise.</param>
public sealed record PrivacyRuleView(string Audience, IReadOnlyList<long> ExceptIds);

/// <summary>What you want to be notified of.</summary>
/// <param name="Messages">Messages in direct chats.</param>
/// <param name="Groups">Messages in groups.</param>
/// <param name="Invites">Invitations and requests to join.</param>
/// <param name="Previews">Whether a notification shows what was written.</param>
public sealed record NotificationSettingsView(
    bool Messages, bool Groups, bool Mentions, bool Reactions, bool Invites, bool Calls, bool Previews);

/// <param name="Setting">See <see cref="PrivacySettings"/>.</param>
/// <param name="Audience">See <see cref="Audiences"/>.</param>
/// <param name="ExceptIds">1–100 contacts who are left out: with <c>contacts_except</c> required, otherwise not given.</param>
public sealed record SetPrivacyRequest(string Setting, string Audience, IReadOnlyList<long>? ExceptIds = null) : IHubRequest
{
    public void Validate()
    {
        Check.OneOf("setting", Setting, PrivacySettings.All);
        Check.OneOf("audience", Audience, Audiences.All);
        if (ExceptIds is not null) Check.Ids("exceptIds", ExceptIds, Limits.PageSize);
        if (ExceptIds is null == (Audience == Audiences.ContactsExcept))
            throw ChatException.Invalid("exceptIds", "must be given with the audience contacts_except, and only then");
    }
}

public sealed record SetReadReceiptsRequest(bool Enabled = true) : IHubRequest
{
    public void Validate()
    {
    }
}

/// <param name="Kind">A field of <see cref="NotificationSettingsView"/>: <c>messages</c>, <c>groups</c>, <c>mentions</c>, <c>reactions</c>, <c>invites</c>, <c>calls</c>, <c>previews</c>.</param>
public sealed record SetNotificationsRequest(string Kind, bool Enabled = true) : IHubRequest
{
    public void Validate() => Check.OneOf("kind", Kind, NotificationKindNames.All);
}

/// <summary>Whom something is for, as on the wire and in the database.</summary>
public static class Audiences
{
    public const string Everyone = "everyone";

    /// <summary>Those whom you have among your contacts.</summary>
    public const string Contacts = "contacts";
    public const string ContactsExcept = "contacts_except";
    public const string Nobody = "nobody";

    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Audience>().Select(SettingNames.Of)];
}

/// <summary>What you decide about, as on the wire and in the database.</summary>
public static class PrivacySettings
{
    public const string LastSeen = "last_seen";
    public const string Picture = "picture";
    public const string Status = "status";
    public const string Groups = "groups";

    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<PrivacySetting>().Select(SettingNames.Of)];
}

internal static class NotificationKindNames
{
    private static readonly Dictionary<string, NotificationKinds> Kinds = Enum.GetValues<NotificationKinds>()
        .Where(kind => kind != NotificationKinds.None)
        .ToDictionary(kind => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()));

    public static IReadOnlyList<string> All { get; } = [.. Kinds.Keys];

    public static NotificationKinds Read(string name) => Kinds[name];
}

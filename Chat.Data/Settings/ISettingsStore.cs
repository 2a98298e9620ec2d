namespace Chat.Data.Settings;

/// <summary>What a person wants to be notified of.</summary>
[Flags]
public enum NotificationKinds
{
    None = 0,

    /// <summary>Messages in direct chats.</summary>
    Messages = 1,

    /// <summary>Messages in groups.</summary>
    Groups = 2,
    Mentions = 4,
    Reactions = 8,

    /// <summary>Invitations and requests to join.</summary>
    Invites = 16,
    Calls = 32,

    /// <summary>No kind of its own: whether a notification shows what was written.</summary>
    Previews = 64,
}

/// <summary>A person's settings. Audiences by their names, see <see cref="SettingNames"/>.</summary>
/// <param name="Notifications">Bits of <see cref="NotificationKinds"/>.</param>
/// <param name="Version">Counts changes; 0 while nothing was ever set.</param>
public sealed record SettingsRow(
    string LastSeenAudience, string PictureAudience, string StatusAudience, string GroupsAudience, bool ReadReceipts, int Notifications, long Version)
{
    /// <summary>What holds for whoever has set nothing.</summary>
    public static SettingsRow Default { get; } = new("everyone", "everyone", "everyone", "everyone", true, 127, 0);
}

/// <summary>Who is left out of an audience.</summary>
public sealed record PrivacyExceptionRow(string Setting, long ExceptedUserId);

/// <summary>A person's settings: tables <c>user_settings</c> and <c>privacy_exceptions</c>. Changes may be repeated freely.</summary>
public interface ISettingsStore
{
    /// <exception cref="DataUnavailableException"/>
    Task<(SettingsRow Settings, IReadOnlyList<PrivacyExceptionRow> Exceptions)> GetAsync(long userId, CancellationToken cancellationToken);

    /// <param name="exceptIds">Replaces the setting's list; ids of people who do not exist are passed over.</param>
    /// <exception cref="DataUnavailableException"/>
    Task SetAudienceAsync(
        long userId, PrivacySetting setting, Audience audience, IReadOnlyCollection<long> exceptIds, CancellationToken cancellationToken);

    /// <exception cref="DataUnavailableException"/>
    Task SetReadReceiptsAsync(long userId, bool enabled, CancellationToken cancellationToken);

    /// <exception cref="DataUnavailableException"/>
    Task SetNotificationsAsync(long userId, NotificationKinds kinds, bool enabled, CancellationToken cancellationToken);
}

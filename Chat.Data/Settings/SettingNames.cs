namespace Chat.Data.Settings;

/// <summary>Names of audiences and settings as they stand in the database and, the audiences, on the wire.</summary>
public static class SettingNames
{
    public static string Of(Audience audience) => audience switch
    {
        Audience.Everyone => "everyone",
        Audience.Contacts => "contacts",
        Audience.ContactsExcept => "contacts_except",
        Audience.Nobody => "nobody",
        _ => throw new ArgumentOutOfRangeException(nameof(audience)),
    };

    /// <returns>Null for a name that is none.</returns>
    public static Audience? ReadAudience(string name) => Find(Enum.GetValues<Audience>(), Of, name);

    public static string Of(PrivacySetting setting) => setting switch
    {
        PrivacySetting.LastSeen => "last_seen",
        PrivacySetting.Picture => "picture",
        PrivacySetting.Status => "status",
        PrivacySetting.Groups => "groups",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    /// <returns>Null for a name that is none.</returns>
    public static PrivacySetting? ReadSetting(string name) => Find(Enum.GetValues<PrivacySetting>(), Of, name);

    private static T? Find<T>(T[] values, Func<T, string> nameOf, string name)
        where T : struct
    {
        foreach (var value in values)
            if (nameOf(value) == name) return value;
        return null;
    }
}

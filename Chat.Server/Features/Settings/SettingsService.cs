using Chat.Data.Settings;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Settings;

/// <summary>A person's settings: what others see, what one is notified of.</summary>
public sealed class SettingsService(ISettingsStore settings, PrivacyCache cache, SettingsNotifier notifier)
{
    public async Task<SettingsView> GetAsync(long userId, CancellationToken cancellationToken)
    {
        var (row, exceptions) = await settings.GetAsync(userId, cancellationToken);
        return ViewOf(row, exceptions.ToLookup(e => e.Setting, e => e.ExceptedUserId));
    }

    public async Task<SettingsView> SetPrivacyAsync(long userId, string connectionId, SetPrivacyRequest request)
    {
        await settings.SetAudienceAsync(
            userId, SettingNames.ReadSetting(request.Setting)!.Value, SettingNames.ReadAudience(request.Audience)!.Value,
            [.. (request.ExceptIds ?? []).Distinct()], CancellationToken.None);
        cache.HasChanged(userId);
        return await TellAsync(userId, connectionId);
    }

    public async Task<SettingsView> SetReadReceiptsAsync(long userId, string connectionId, SetReadReceiptsRequest request)
    {
        await settings.SetReadReceiptsAsync(userId, request.Enabled, CancellationToken.None);
        cache.HasChanged(userId);
        return await TellAsync(userId, connectionId);
    }

    public async Task<SettingsView> SetNotificationsAsync(long userId, string connectionId, SetNotificationsRequest request)
    {
        await settings.SetNotificationsAsync(userId, NotificationKindNames.Read(request.Kind), request.Enabled, CancellationToken.None);
        return await TellAsync(userId, connectionId);
    }

    private async Task<SettingsView> TellAsync(long userId, string connectionId)
    {
        var view = await GetAsync(userId, CancellationToken.None);
        notifier.Changed(userId, connectionId, view);
        return view;
    }

    private static SettingsView ViewOf(SettingsRow row, ILookup<string, long> exceptions)
    {
        var kinds = (NotificationKinds)row.Notifications;
        return new SettingsView(
            new PrivacyRuleView(row.LastSeenAudience, [.. exceptions[PrivacySettings.LastSeen]]),
            new PrivacyRuleView(row.PictureAudience, [.. exceptions[PrivacySettings.Picture]]),
            new PrivacyRuleView(row.StatusAudience, [.. exceptions[PrivacySettings.Status]]),
            new PrivacyRuleView(row.GroupsAudience, [.. exceptions[PrivacySettings.Groups]]),
            row.ReadReceipts,
            new NotificationSettingsView(
                kinds.HasFlag(NotificationKinds.Messages), kinds.HasFlag(NotificationKinds.Groups), kinds.HasFlag(NotificationKinds.Mentions),
                kinds.HasFlag(NotificationKinds.Reactions), kinds.HasFlag(NotificationKinds.Invites), kinds.HasFlag(NotificationKinds.Calls),
                kinds.HasFlag(NotificationKinds.Previews)),
            row.Version);
    }
}

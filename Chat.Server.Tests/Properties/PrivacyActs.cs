using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>What others see of a person and may do, and whom the person knows.</summary>
internal sealed class PrivacyActs(Device device, CatchUp connected)
{
    private static readonly string[] Kinds = ["messages", "groups", "mentions", "previews"];

    private Person Me => device.Person;

    public async Task<object?> DoAsync(Step step) => step.Act switch
    {
        Act.ReadReceipts => await ReadReceiptsAsync(step.Target % 3 == 0),
        Act.Privacy => await PrivacyAsync(SettingOf(step.Target), AudienceOf(step.Target), device.OtherThanMe(step.Target)),
        Act.Contact => await ContactAsync(step.Target % 5, device.OtherThanMe(step.Target)),
        Act.Profile => await ProfileAsync(step.Target),
        _ => Keep(await connected.CallAsync<SettingsView>(
            nameof(ChatHub.SetNotifications), new SetNotificationsRequest(Kinds[step.Target % Kinds.Length], step.Target % 3 == 0))),
    };

    /// <summary>Half of them who may add one to groups, which others run into while the scenario runs.</summary>
    private static string SettingOf(int target) => target % 2 == 1 ? PrivacySettings.Groups : PrivacySettings.All[target / 2 % PrivacySettings.All.Count];

    private static string AudienceOf(int target) => target % 4 == 1 ? Audiences.Nobody : Audiences.All[target / 4];

    private async Task<object> ReadReceiptsAsync(bool enabled) => await Me.ReadReceipts.SetAsync(enabled, async () =>
    {
        foreach (var reading in Me.Readings) reading.Tells();
        return Keep(await connected.CallAsync<SettingsView>(nameof(ChatHub.SetReadReceipts), new SetReadReceiptsRequest(enabled)));
    });

    private async Task<object> PrivacyAsync(string setting, string audience, Person other)
    {
        var request = new SetPrivacyRequest(setting, audience, audience == Audiences.ContactsExcept ? [other.UserId] : null);
        return setting == PrivacySettings.Groups ? await Me.GroupsFor.SetAsync(audience, SetAsync) : await SetAsync();

        async Task<SettingsView> SetAsync() => Keep(await connected.CallAsync<SettingsView>(nameof(ChatHub.SetPrivacy), request));
    }

    private async Task<object> ContactAsync(int what, Person other)
    {
        var name = Scene.NewText("name of a friend");
        var known = Me.NameOf(other.UserId);
        switch (what)
        {
            case 0:
                return await known.SetAsync(name, () => AddAsync(new AddContactRequest(other.UserId, Name: name)));
            case 1:
                return await known.SetAsync(name, () => AddAsync(new AddContactRequest(PhoneNumber: other.Account.PhoneNumber, Name: name)));
            case 2:
                return await known.SetAsync(name, () => connected.CallAsync<ContactView>(nameof(ChatHub.RenameContact), new RenameContactRequest(other.UserId, name)));
            case 3:
                return await known.SetAsync(null, () => connected.CallAsync<RemoveContactResult>(nameof(ChatHub.RemoveContact), new RemoveContactRequest(other.UserId)));
            default:
                // A contact keeps the name.
                return await known.SetAsync(known.Fact?.Value ?? "", () => connected.CallAsync<ImportContactsResult>(
                    nameof(ChatHub.ImportContacts), new ImportContactsRequest([other.Account.PhoneNumber, "+4915100000000"])));
        }

        Task<ContactView> AddAsync(AddContactRequest request) => connected.CallAsync<ContactView>(nameof(ChatHub.AddContact), request);
    }

    private async Task<object> ProfileAsync(int target)
    {
        if (target % 2 == 0) return await device.Scene.Files.SetProfileAsync(Me, new { status = Scene.NewText("status") });
        long? picture = target % 3 == 0 ? null : await device.Scene.Files.UploadAsync(Me, Files.Image(target));
        return await device.Scene.Files.SetProfileAsync(Me, new { pictureMediaId = picture });
    }

    private SettingsView Keep(SettingsView settings)
    {
        lock (device.Gate) device.Apply(settings);
        return settings;
    }
}

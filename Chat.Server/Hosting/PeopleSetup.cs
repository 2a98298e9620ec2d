using Chat.Data.Blocks;
using Chat.Data.Contacts;
using Chat.Data.Settings;
using Chat.Server.Features.Blocks;
using Chat.Server.Features.Contacts;
using Chat.Server.Features.Privacy;
using Chat.Server.Features.Settings;
using Chat.Server.Hubs;

namespace Chat.Server.Hosting;

/// <summary>Contacts, blocks, settings, and what they let others see.</summary>
internal static class PeopleSetup
{
    public static void AddPeople(this WebApplicationBuilder builder)
    {
        builder.AddOptions("Contacts", new ContactOptions(), ContactOptions.FindFault);
        var services = builder.Services;
        services.AddSingleton<IBlockStore, BlockRepository>();
        services.AddSingleton<ContactRepository>();
        services.AddSingleton<IContactStore>(s => s.GetRequiredService<ContactRepository>());
        services.AddSingleton<IPrivacyReader, PrivacyRepository>();
        services.AddSingleton<ISettingsStore, SettingsRepository>();
        services.AddSingleton<IChatSettingsStore, ChatSettingsRepository>();
        services.AddSingleton<PrivacyCache>();
        services.AddSingleton<PrivacyService>();
        services.AddSingleton<BlockService>();
        services.AddSingleton<ContactService>();
        services.AddSingleton<SettingsNotifier>();
        services.AddSingleton<SettingsService>();
        services.AddSingleton<ChatSettingsService>();
        services.AddSingleton<PeopleServices>();
        services.AddHostedService<LookupsCleanup>();
    }
}

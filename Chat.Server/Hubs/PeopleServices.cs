using Chat.Server.Features.Blocks;
using Chat.Server.Features.Contacts;
using Chat.Server.Features.Settings;

namespace Chat.Server.Hubs;

/// <summary>What the hub needs for people and settings, as one, so that its own list stays readable.</summary>
public sealed record PeopleServices(
    BlockService Blocks, ContactService Contacts, SettingsService Settings, ChatSettingsService ChatSettings);

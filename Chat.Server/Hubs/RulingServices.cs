using Chat.Server.Features.Bans;
using Chat.Server.Features.Invites;
using Chat.Server.Features.Permissions;
using Chat.Server.Features.Pictures;

namespace Chat.Server.Hubs;

/// <summary>What the hub needs for those who run a group or channel, as one, so that its own list stays readable.</summary>
public sealed record RulingServices(PermissionService Permissions, InviteService Invites, BanService Bans, ChatPictureService Pictures);

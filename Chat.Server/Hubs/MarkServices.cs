using Chat.Server.Features.Pins;
using Chat.Server.Features.Reactions;

namespace Chat.Server.Hubs;

/// <summary>What the hub needs for what people put on messages, as one, so that its own list stays readable.</summary>
public sealed record MarkServices(ReactionService Reactions, PinService Pins);

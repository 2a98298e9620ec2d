using Chat.Server.Features.Disappearing;
using Chat.Server.Features.Pins;
using Chat.Server.Features.Polls;
using Chat.Server.Features.Reactions;
using Chat.Server.Features.Scheduling;

namespace Chat.Server.Hubs;

/// <summary>What the hub needs for what people put on messages, as one, so that its own list stays readable.</summary>
public sealed record MarkServices(ReactionService Reactions, PinService Pins, PollService Polls, DisappearingService Disappearing, ScheduleService Schedule);

using Chat.Server.Features.Notifications;
using Chat.Server.Features.Reports;
using Chat.Server.Features.Search;

namespace Chat.Server.Hubs;

/// <summary>What the hub needs for finding things and being told of them, as one, so that its own list stays readable.</summary>
public sealed record FindingServices(SearchService Search, NotificationService Notifications, ReportService Reports);

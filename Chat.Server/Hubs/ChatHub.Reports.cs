using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Shows a message to those who run this server. Nobody else hears of it.</summary>
    public Task<ReportResult> ReportMessage(ReportMessageRequest request) =>
        finding.Reports.ReportMessageAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Tells those who run this server of a person. Nobody else hears of it.</summary>
    public Task<ReportResult> ReportUser(ReportUserRequest request) =>
        finding.Reports.ReportUserAsync(CallerId, request, Context.ConnectionAborted);
}

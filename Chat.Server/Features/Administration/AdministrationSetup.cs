using Chat.Data.Administration;
using Chat.Data.Reports;
using Chat.Server.Features.Reports;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Administration;

/// <summary>Reports, and those who look after them.</summary>
internal static class AdministrationSetup
{
    public static void AddAdministration(this WebApplicationBuilder builder)
    {
        builder.AddOptions("Reports", new ReportOptions(), options => options.PerDay < 1 ? ("PerDay", "must be at least 1") : null);
        builder.Services.AddSingleton<IReportStore, ReportRepository>();
        builder.Services.AddSingleton<ReportService>();
        builder.Services.AddSingleton<AdministrationRepository>();
        builder.Services.AddSingleton<AdministrationService>();
    }
}

using Chat.Data.Exports;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Exports;

/// <summary>Exports of people's own data.</summary>
internal static class ExportsSetup
{
    public static void AddExports(this WebApplicationBuilder builder)
    {
        builder.AddOptions("Exports", new ExportOptions(), ExportOptions.FindFault);
        var services = builder.Services;
        services.AddSingleton<ExportRepository>();
        services.AddSingleton<ExportFiles>();
        services.AddSingleton<ExportWriter>();
        services.AddSingleton<ExportService>();
        services.AddSingleton<ExportWorker>();
        services.AddHostedService(s => s.GetRequiredService<ExportWorker>());
    }
}

using System.Reflection;
using Chat.Data;
using Chat.Data.Jobs;
using Chat.Server.Hubs.Filters;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Chat.Server.Hosting;

/// <summary>Section <c>Telemetry</c>: what OpenTelemetry's own settings (docs/operations.md) cannot say.</summary>
public sealed record TelemetryOptions
{
    /// <summary>The share of hub calls and HTTP requests that are traced: 0 (none) to 1 (all).</summary>
    public double TraceRatio { get; init; } = 0.01;

    internal static (string Key, string Reason)? Check(TelemetryOptions options) =>
        options.TraceRatio is >= 0 and <= 1 ? null : (nameof(TraceRatio), "must be from 0 to 1");
}

/// <summary>
/// Metrics and traces over OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to. Without it nobody listens to the instruments, and
/// they cost next to nothing.
/// </summary>
internal static class TelemetrySetup
{
    /// <summary>Meters of the framework and of the database driver; a driver without one reports nothing.</summary>
    private static readonly string[] OtherMeters = ["System.Runtime", "MySqlConnector"];

    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var options = builder.AddOptions("Telemetry", new TelemetryOptions(), TelemetryOptions.Check);
        builder.Services.AddHostedService<NodeMetrics>();
        builder.Services.AddSingleton<JobMetrics>();
        builder.Services.AddSingleton<JobLagRepository>();
        builder.Services.AddSingleton<JobLagWatch>();
        builder.Services.AddHostedService(s => s.GetRequiredService<JobLagWatch>());
        var otlp = OtlpSettings.Read(builder.Configuration);
        if (!otlp.Metrics && !otlp.Traces) return builder;

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(DescribeNode);
        if (otlp.Metrics)
        {
            telemetry.WithMetrics(metrics => metrics
                .AddMeter([DataMetrics.MeterName, NodeMetrics.MeterName, .. OtherMeters])
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter());
        }
        if (otlp.Traces && options.TraceRatio > 0)
        {
            telemetry.WithTracing(traces => traces
                .SetSampler(new EdgeSampler(options.TraceRatio))
                .AddSource(DataTracing.SourceName, CallTracing.SourceName)
                .AddAspNetCoreInstrumentation(http =>
                {
                    // Our own spans of hub calls are chosen before they are made (CallTracing).
                    http.EnableAspNetCoreSignalRSupport = false;
                    http.Filter = context => IsWorthTracing(context.Request.Path);
                    // It may hold an access token, or whom somebody looks for.
                    http.EnrichWithHttpRequest = (span, _) => span.SetTag("url.query", null);
                })
                .AddOtlpExporter());
        }
        return builder;
    }

    /// <summary>A connection to the hub lasts for hours, and its calls have spans of their own. Health is asked for every second.</summary>
    private static bool IsWorthTracing(PathString path) => !path.StartsWithSegments("/hub") && !path.StartsWithSegments("/health");

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, and win.
    private static void DescribeNode(ResourceBuilder resource) => resource
        .Clear()
        .AddTelemetrySdk()
        .AddService("chat", serviceVersion: typeof(TelemetrySetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
        .AddEnvironmentVariableDetector();
}

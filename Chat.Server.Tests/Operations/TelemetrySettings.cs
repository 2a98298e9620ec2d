using System.Diagnostics;
using Chat.Server.Hosting;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Chat.Server.Tests.Operations;

[TestFixture]
public sealed class TelemetrySettings
{
    private const string Nobody = "http://127.0.0.1:1";

    [TestCase("Telemetry:TraceRatio", "1.5")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "somewhere:4317")]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces")]
    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon")]
    public void A_bad_one_is_refused_at_the_start_by_its_path(string path, string value)
    {
        var server = new ChatServerFactory("Server=127.0.0.1;Database=none", new() { [path] = value });
        var exception = Assert.Catch<ConfigurationException>(() => _ = server.Address);
        Assert.That(exception!.Message, Does.StartWith(path).And.Not.Contain(value));
    }

    [TestCase("", "", "0.01", false, false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "", "0.01", true, true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "", "0", true, false)]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "", "0.01", true, false)]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "", "0.01", false, true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "true", "0.01", false, false)]
    public async Task Nobody_listens_unless_an_endpoint_is_set(string endpoint, string disabled, string ratio, bool metrics, bool traces)
    {
        await using var database = await TestDatabase.CreateAsync();
        var settings = new Dictionary<string, string> { ["Telemetry:TraceRatio"] = ratio, ["OTEL_SDK_DISABLED"] = disabled };
        if (endpoint.Length > 0) settings[endpoint] = Nobody;
        await using var server = new ChatServerFactory(database.ConnectionString, settings);
        Assert.That(server.Services.GetService<MeterProvider>() is not null, Is.EqualTo(metrics));
        Assert.That(server.Services.GetService<TracerProvider>() is not null, Is.EqualTo(traces));
    }

    [TestCase(false, ActivityTraceFlags.None, 0.0, false)]
    [TestCase(false, ActivityTraceFlags.Recorded, 0.0, true)]
    [TestCase(false, ActivityTraceFlags.None, 1.0, false)]
    [TestCase(true, ActivityTraceFlags.Recorded, 0.0, false)]
    [TestCase(true, ActivityTraceFlags.None, 1.0, true)]
    public void What_a_client_says_about_sampling_is_not_believed(bool remote, ActivityTraceFlags said, double ratio, bool traced)
    {
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), said, isRemote: remote);
        var result = new EdgeSampler(ratio).ShouldSample(new SamplingParameters(parent, parent.TraceId, "call", ActivityKind.Server));
        Assert.That(result.Decision, Is.EqualTo(traced ? SamplingDecision.RecordAndSample : SamplingDecision.Drop));
    }
}

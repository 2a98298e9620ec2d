using System.Diagnostics;
using Chat.Server.Hosting;
using Chat.Server.Hubs.Filters;
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
        Assert.That(IsTraced(parent, EdgeSampler.HttpRequest, ratio), Is.EqualTo(traced));
    }

    [TestCase(EdgeSampler.HttpRequest, 0.0, false)]
    [TestCase(EdgeSampler.HttpRequest, 1.0, true)]
    [TestCase("Chat.Server.Hubs.ChatHub/SendMessage", 0.0, true)]
    public void Requests_are_chosen_by_chance_and_hub_calls_were_chosen_before(string name, double ratio, bool traced) =>
        Assert.That(IsTraced(default, name, ratio), Is.EqualTo(traced));

    [Test]
    public void A_call_that_is_not_chosen_makes_no_span()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CallTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using (var span = new CallTracing(new TelemetryOptions { TraceRatio = 1 }).Begin("GetChat")) Assert.That(span, Is.Not.Null);
        var none = new CallTracing(new TelemetryOptions { TraceRatio = 0 });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            if (none.Begin("GetChat") is not null) Assert.Fail("It was not chosen.");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }

    private static bool IsTraced(ActivityContext parent, string name, double ratio) =>
        new EdgeSampler(ratio).ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), name, ActivityKind.Server)).Decision
            is SamplingDecision.RecordAndSample;
}

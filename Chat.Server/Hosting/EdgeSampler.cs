using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Chat.Server.Hosting;

/// <summary>
/// Traces a share of the HTTP requests, chosen by chance. What a caller says about sampling is not believed, nor is its trace id, which
/// it chose itself: else any client could have all of its calls traced. Hub calls were chosen before their span was begun
/// (<see cref="Hubs.Filters.CallTracing"/>), and what belongs to a span of this node follows that one.
/// </summary>
internal sealed class EdgeSampler(double ratio) : Sampler
{
    /// <summary>The name that ASP.NET Core gives to the span of every request.</summary>
    public const string HttpRequest = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private static readonly SamplingResult Drop = new(SamplingDecision.Drop);
    private static readonly SamplingResult Record = new(SamplingDecision.RecordAndSample);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isOurs = parent.TraceId != default && !parent.IsRemote;
        var chosen = isOurs ? parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            : samplingParameters.Name != HttpRequest || Random.Shared.NextDouble() < ratio;
        return chosen ? Record : Drop;
    }
}

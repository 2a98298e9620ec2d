using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Chat.Server.Hosting;

/// <summary>
/// Traces a share of what comes in, chosen by chance. What a caller says about sampling is not believed, nor is its trace id, which
/// it chose itself: else any client could have all of its calls traced. What belongs to a span of this node follows that one.
/// </summary>
internal sealed class EdgeSampler(double ratio) : Sampler
{
    private static readonly SamplingResult Drop = new(SamplingDecision.Drop);
    private static readonly SamplingResult Record = new(SamplingDecision.RecordAndSample);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var chosen = parent.TraceId == default || parent.IsRemote
            ? Random.Shared.NextDouble() < ratio
            : parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        return chosen ? Record : Drop;
    }
}

using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Comparing;

/// <summary>A workload against a server that was started for it.</summary>
public delegate Task<RunResult> Workload(ServerUnderTest server, RunOutput output, CancellationToken cancellationToken);

/// <summary>Who takes part in a comparison: a kind of server under a workload.</summary>
/// <param name="Name">In tables and JSON; lower case, words joined by <c>_</c>.</param>
/// <param name="Probed">See <see cref="ServerUnderTest.StartAsync"/>.</param>
public sealed record Contestant(string Name, ServerKind Kind, Workload Run, bool Probed = true)
{
    /// <summary>More than one run over a Redis of their own.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>What its environment holds beyond what all contestants' do.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>What is compared.</summary>
/// <param name="Contestants">The first is the product; the others are what it is held against.</param>
/// <param name="Headline">The figure whose ratios are printed.</param>
/// <param name="Rounds">Each contestant runs once a round.</param>
public sealed record ComparisonPlan(string Name, IReadOnlyList<Contestant> Contestants, Figure Headline, int Rounds)
{
    /// <summary>By contestant: what the headline's ratio of the first to it may be at most, in the median of the rounds.</summary>
    public IReadOnlyDictionary<string, double> MaxRatios { get; init; } = new Dictionary<string, double>();
}

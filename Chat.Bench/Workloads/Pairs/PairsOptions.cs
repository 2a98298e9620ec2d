using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>People talk two by two, each always with some sends under way, or all together at a fixed pace.</summary>
/// <param name="Window">Sends of one user that wait for their result.</param>
/// <param name="TextLength">Characters of a message.</param>
/// <param name="Receipts">Whether everybody marks what comes as delivered and read.</param>
/// <param name="Rate">Messages per second of all users together, whatever waits; null for the window.</param>
public sealed record PairsOptions(
    int Pairs, int Window, int TextLength, TimeSpan WarmUp, TimeSpan Measure, bool Receipts = false, double? Rate = null)
{
    public static PairsOptions Default { get; } = new(
        Pairs: 100, Window: 4, TextLength: 100, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));

    public static PairsOptions Paced { get; } = Default with { Rate = 500 };

    /// <summary>Words of a message, instead of <see cref="TextLength"/> characters that are one; 0 for those.</summary>
    public int Words { get; init; }

    /// <summary>A message counts when its sender has the result, its receiver the push and, with receipts, its sender the read mark.</summary>
    public int PartsOfAMessage => Receipts ? 3 : 2;
}

/// <summary>Two users and the direct chat that they share.</summary>
public sealed record Pair(BenchUser First, BenchUser Second, long ChatId);

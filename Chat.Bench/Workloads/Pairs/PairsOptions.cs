using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>People talk two by two, each always with some sends under way.</summary>
/// <param name="Window">Sends of one user that wait for their result.</param>
/// <param name="TextLength">Characters of a message.</param>
public sealed record PairsOptions(int Pairs, int Window, int TextLength, TimeSpan WarmUp, TimeSpan Measure)
{
    public static PairsOptions Default { get; } = new(
        Pairs: 100, Window: 4, TextLength: 100, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
}

/// <summary>Two users and the direct chat that they share.</summary>
public sealed record Pair(BenchUser First, BenchUser Second, long ChatId);

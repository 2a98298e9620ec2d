using System.Diagnostics;

namespace Chat.Bench.Topology;

/// <summary>
/// Keeps the first and the last lines that a server prints: what went wrong stands first, what it led to last. It must be
/// read on, or the server would stop at a full pipe.
/// </summary>
internal sealed class ServerLog
{
    private const int MaxFirst = 30;
    private const int MaxLast = 15;
    private const int MaxLineLength = 1500;

    private readonly List<string> _first = [];
    private readonly Queue<string> _last = new();
    private readonly Dictionary<string, long> _counted = [];

    public string Excerpt
    {
        get
        {
            lock (_first) return string.Join('\n', [.. _first, "…", .. _last]);
        }
    }

    /// <summary>How many lines held these words. Only lines from the first call on are counted.</summary>
    public long CountOf(string words)
    {
        lock (_first)
        {
            if (_counted.TryGetValue(words, out var count)) return count;
            _counted.Add(words, 0);
            return 0;
        }
    }

    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Add(string? line)
    {
        if (line is null) return;
        if (line.Length > MaxLineLength) line = line[..MaxLineLength];
        lock (_first)
        {
            foreach (var words in _counted.Keys)
                if (line.Contains(words, StringComparison.Ordinal)) _counted[words]++;
            if (_first.Count < MaxFirst)
            {
                _first.Add(line);
                return;
            }
            if (_last.Count == MaxLast) _last.Dequeue();
            _last.Enqueue(line);
        }
    }
}

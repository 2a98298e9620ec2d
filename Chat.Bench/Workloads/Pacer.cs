using System.Diagnostics;
using System.Runtime.InteropServices;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads;

/// <summary>
/// Calls something at a fixed pace from a thread of its own. It never waits for what it called, and what it is late for it makes up
/// for, so that a slow server cannot slow its own measuring down (no coordinated omission).
/// </summary>
internal sealed class Pacer : IDisposable
{
    private readonly Thread _thread;
    private readonly double _ticksBetween;
    private readonly Action<long, long> _step;
    private volatile bool _stopping;
    private volatile bool _recording;

    /// <param name="step">Gets the number of the step, 0, 1, 2 …, and the timestamp at which it was due. Must not block.</param>
    public Pacer(double perSecond, Action<long, long> step)
    {
        _ticksBetween = Stopwatch.Frequency / perSecond;
        _step = step;
        _thread = new Thread(Run) { IsBackground = true, Name = "pacer", Priority = ThreadPriority.Highest };
    }

    /// <summary>How late the steps began: whatever stands here is the generator's doing and part of the latencies.</summary>
    public LatencyHistogram Late { get; } = new();

    public void Start() => _thread.Start();

    /// <summary>Whether <see cref="Late"/> is being filled.</summary>
    public void Record(bool recording) => _recording = recording;

    /// <summary>Returns after the last step.</summary>
    public void Stop()
    {
        _stopping = true;
        if (_thread.IsAlive) _thread.Join();
    }

    public void Dispose() => Stop();

    private void Run()
    {
        PreciseSleep.Prepare();
        var start = Stopwatch.GetTimestamp();
        for (long number = 0; !_stopping; number++)
        {
            var due = start + (long)(number * _ticksBetween);
            PreciseSleep.Until(due);
            if (_recording) Late.Record(due, Stopwatch.GetTimestamp());
            _step(number, due);
        }
    }

    /// <summary>Sleeps to some 10 µs where the system can (Linux), else to the nearest millisecond and yields for the rest.</summary>
    private static class PreciseSleep
    {
        private const int SetTimerSlack = 29;
        private const long NanosecondsPerSecond = 1_000_000_000;

        /// <summary>By default the system may wake a thread 50 µs late.</summary>
        public static void Prepare()
        {
            if (OperatingSystem.IsLinux()) _ = prctl(SetTimerSlack, 1, 0, 0, 0);
        }

        public static void Until(long timestamp)
        {
            while (timestamp - Stopwatch.GetTimestamp() is > 0 and var left)
            {
                if (OperatingSystem.IsLinux())
                {
                    var (seconds, nanoseconds) = Math.DivRem((long)(left * ((double)NanosecondsPerSecond / Stopwatch.Frequency)), NanosecondsPerSecond);
                    var time = new TimeSpec { Seconds = (nint)seconds, Nanoseconds = (nint)nanoseconds };
                    _ = nanosleep(in time, 0);
                }
                else if (left > Stopwatch.Frequency / 500) Thread.Sleep(1);
                else Thread.Yield();
            }
        }

        [StructLayout(LayoutKind.Sequential)]
        private struct TimeSpec
        {
            public nint Seconds;
            public nint Nanoseconds;
        }

        [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int nanosleep(in TimeSpec time, nint remaining);

        [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
    }
}

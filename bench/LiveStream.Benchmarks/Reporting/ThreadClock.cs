using System.Runtime.InteropServices;

namespace LiveStream.Benchmarks.Reporting;

/// <summary>CPU time of the calling thread, which does not count the time that other processes take.</summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Nanoseconds of CPU time that the calling thread has used.</summary>
    public static long Nanoseconds
    {
        get
        {
            TimeSpec now;
            return clock_gettime(ThreadCpuTime, &now) == 0
                ? now.Seconds * 1_000_000_000 + now.Nanoseconds
                : throw new PlatformNotSupportedException("CLOCK_THREAD_CPUTIME_ID is not available.");
        }
    }

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, TimeSpec* time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

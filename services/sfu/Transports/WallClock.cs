using System.Diagnostics;

namespace LiveStream.Sfu.Transports;

/// <summary>
/// The worker's microseconds (monotonic) and their place in Unix time, which is fixed once, so that a step of the
/// system clock does not tear the sender reports.
/// </summary>
internal static class WallClock
{
    private static readonly long UnixAtZero = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / 10 - Monotonic();

    /// <summary>Monotonic microseconds.</summary>
    public static long Microseconds => Monotonic();

    public static long UnixMicroseconds => UnixAtZero + Monotonic();

    public static long ToUnixMicroseconds(long microseconds) => UnixAtZero + microseconds;

    private static long Monotonic() => (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
}

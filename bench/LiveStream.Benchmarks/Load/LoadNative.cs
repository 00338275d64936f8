using System.Net;
using System.Runtime.InteropServices;

namespace LiveStream.Benchmarks.Load;

/// <summary>Linux calls of the load generator that neither .NET nor the server's own socket layer offers.</summary>
internal static unsafe partial class LoadNative
{
    internal const int SoTimestampNs = 35;
    internal const int ClockRealtime = 0;

    private const int PrSetTimerSlack = 29;

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>Wall clock; packets carry it, and the kernel stamps arrivals with it.</summary>
    internal static TimeSpan Now
    {
        get
        {
            TimeSpec time;
            _ = GetClock(ClockRealtime, &time);
            return ToTimeSpan(time.Seconds, time.Nanoseconds);
        }
    }

    internal static TimeSpan ToTimeSpan(long seconds, long nanoseconds) =>
        new(seconds * TimeSpan.TicksPerSecond + nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>Lets timed waits of this thread end within a microsecond of their time instead of 50.</summary>
    internal static void SetPreciseTimers() => _ = ProcessControl(PrSetTimerSlack, 1, 0, 0, 0);

    /// <summary>Waits for events at most as long as given.</summary>
    internal static int EpollWait(int epoll, void* events, int maximum, TimeSpan timeout)
    {
        var wait = new TimeSpec { Seconds = timeout.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * 100 };
        return EpollWaitPrecise(epoll, events, maximum, &wait, null);
    }

    /// <summary>sockaddr_in or sockaddr_in6 of an endpoint.</summary>
    internal static byte[] ToSockAddr(IPEndPoint endPoint)
    {
        var address = endPoint.Serialize();
        return address.Buffer.Span[..address.Size].ToArray();
    }

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(int fd, byte* buffer, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetClock(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int EpollWaitPrecise(int epoll, void* events, int maximum, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}

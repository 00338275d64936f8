using System.Globalization;

namespace LiveStream.Benchmarks.Server;

/// <summary>What /proc says of another process.</summary>
internal static class ProcessUsage
{
    /// <summary>
    /// CPU time of each thread in nanoseconds, by thread id (schedstat, field 1), which is exact where the ticks of
    /// /proc/PID/stat are not.
    /// </summary>
    public static Dictionary<int, long> ReadThreads(int processId)
    {
        var times = new Dictionary<int, long>();
        foreach (var directory in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            try
            {
                var fields = File.ReadAllText(Path.Combine(directory, "schedstat")).Split(' ');
                times.Add(int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture), long.Parse(fields[0], CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // The thread ended between listing and reading.
            }
        }
        return times;
    }

    /// <summary>CPU time of all threads between two readings; threads that ended in between are left out.</summary>
    public static TimeSpan Between(Dictionary<int, long> before, Dictionary<int, long> after)
    {
        var nanoseconds = 0L;
        foreach (var (thread, time) in after) nanoseconds += time - before.GetValueOrDefault(thread);
        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>Resident memory in bytes (VmRSS).</summary>
    public static long ReadResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

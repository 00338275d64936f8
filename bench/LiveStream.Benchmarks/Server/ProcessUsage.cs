using System.Globalization;

namespace LiveStream.Benchmarks.Server;

/// <summary>Scheduler figures of one thread (Documentation/scheduler/sched-stats).</summary>
/// <param name="Name">Kernel name, at most 15 characters.</param>
/// <param name="Cpu">Time on a processor.</param>
/// <param name="Waiting">Time runnable without one, because others had it.</param>
internal sealed record ThreadUsage(string Name, TimeSpan Cpu, TimeSpan Waiting);

/// <summary>What /proc says of another process.</summary>
internal static class ProcessUsage
{
    /// <summary>
    /// Times of each thread by its id, from schedstat, which is exact to the nanosecond where /proc/PID/stat counts ticks.
    /// </summary>
    public static Dictionary<int, ThreadUsage> ReadThreads(int processId)
    {
        var threads = new Dictionary<int, ThreadUsage>();
        foreach (var directory in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            try
            {
                var fields = File.ReadAllText(Path.Combine(directory, "schedstat")).Split(' ');
                var name = File.ReadAllText(Path.Combine(directory, "comm")).Trim();
                var id = int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture);
                threads.Add(id, new ThreadUsage(name, Nanoseconds(fields[0]), Nanoseconds(fields[1])));
            }
            catch (IOException)
            {
                // The thread ended between listing and reading.
            }
        }
        return threads;
    }

    /// <summary>What each thread used between two readings; threads that ended in between are left out.</summary>
    public static IReadOnlyList<ThreadUsage> Between(Dictionary<int, ThreadUsage> before, Dictionary<int, ThreadUsage> after) =>
    [
        .. after.Select(pair => before.TryGetValue(pair.Key, out var earlier)
            ? pair.Value with { Cpu = pair.Value.Cpu - earlier.Cpu, Waiting = pair.Value.Waiting - earlier.Waiting }
            : pair.Value),
    ];

    /// <summary>Resident memory in bytes (VmRSS).</summary>
    public static long ReadResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static TimeSpan Nanoseconds(string text) =>
        TimeSpan.FromTicks(long.Parse(text, CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick);
}

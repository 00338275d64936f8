using System.Diagnostics;

namespace LiveStream.Benchmarks.Server;

/// <summary>Waits until a server's runtime compiles no more: what it costs then, it goes on to cost.</summary>
internal static class Settling
{
    // Kernel name of the runtime's thread for tiered compilation.
    private const string Compiler = ".NET Tiered Com";

    /// <summary>Runs rounds of work until one is over in which the compiler took less than a share of the time. False: it still does after the last one.</summary>
    public static async Task<bool> SettleAsync(int processId, int rounds, double share, Func<Task> round)
    {
        for (; rounds > 0; rounds--)
        {
            var (before, begin) = (ProcessUsage.ReadThreads(processId), Stopwatch.GetTimestamp());
            await round();
            var compiling = ProcessUsage.Between(before, ProcessUsage.ReadThreads(processId)).Where(thread => thread.Name == Compiler).Sum(thread => thread.Cpu.Ticks);
            if (compiling < Stopwatch.GetElapsedTime(begin).Ticks * share) return true;
        }

        return false;
    }
}

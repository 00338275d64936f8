using System.Diagnostics;

namespace LiveStream.Benchmarks.Server;

/// <summary>Waits until the server's runtime compiles no more: what the server costs then, it goes on to cost.</summary>
internal static class Settling
{
    // Kernel name of the runtime's thread for tiered compilation.
    private const string Compiler = ".NET Tiered Com";

    /// <summary>Runs rounds of work until one is over in which the compiler took less than a share of the time. False: it still does after the last one.</summary>
    public static async Task<bool> SettleAsync(this ServerProcess server, int rounds, double share, Func<Task> round)
    {
        for (; rounds > 0; rounds--)
        {
            var (before, begin) = (ProcessUsage.ReadThreads(server.Id), Stopwatch.GetTimestamp());
            await round();
            var compiling = ProcessUsage.Between(before, ProcessUsage.ReadThreads(server.Id)).Where(thread => thread.Name == Compiler).Sum(thread => thread.Cpu.Ticks);
            if (compiling < Stopwatch.GetElapsedTime(begin).Ticks * share) return true;
        }

        return false;
    }
}

using System.Diagnostics;

using LiveStream.Benchmarks.Load;

namespace LiveStream.Benchmarks.Rest;

/// <summary>What an open loop saw.</summary>
/// <param name="Delays">From when a request was due, which is not when there was time to send it, to the end of its reply.</param>
/// <param name="Failures">Replies other than 200, and none at all.</param>
/// <param name="LateStarts">Requests that this process itself began more than 5 ms late.</param>
internal sealed record OpenLoopResult(DelayHistogram Delays, int Failures, int LateStarts);

/// <summary>Sends requests at a fixed rate, whatever becomes of those before: a server that stalls is seen stalling.</summary>
internal static class OpenLoop
{
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(5);

    public static async Task<OpenLoopResult> RunAsync(
        double requestsPerSecond, TimeSpan length, Func<int, Task<bool>> request, CancellationToken cancellationToken)
    {
        var count = (int)(requestsPerSecond * length.TotalSeconds);
        var delays = new TimeSpan[count];
        var tasks = new Task<bool>[count];
        var late = 0;
        // A thread of its own keeps the schedule; the pool does the rest.
        var schedule = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count && !cancellationToken.IsCancellationRequested; i++)
            {
                var due = TimeSpan.FromSeconds(i / requestsPerSecond);
                while (due - watch.Elapsed is { Ticks: > 0 } wait) Thread.Sleep(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1));
                if (watch.Elapsed - due > s_late) late++;
                var index = i;
                tasks[i] = Task.Run(
                    async () =>
                    {
                        var ok = await request(index);
                        delays[index] = watch.Elapsed - due;
                        return ok;
                    },
                    cancellationToken);
            }

            schedule.SetResult();
        })
        { IsBackground = true };
        thread.Start();
        await schedule.Task;
        cancellationToken.ThrowIfCancellationRequested();
        var replies = await Task.WhenAll(tasks);
        var histogram = new DelayHistogram();
        foreach (var delay in delays) histogram.Add(delay);
        return new OpenLoopResult(histogram, replies.Count(ok => !ok), late);
    }
}

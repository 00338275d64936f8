using LiveStream.Contracts;
using LiveStream.Hosting.Bus;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Sessions;

/// <summary>
/// Calls to the media server that somebody's rights hang on: who was removed, or may no longer publish, must not go on because one
/// call was lost. What fails is repeated until it is done or nobody wants it any more. Safe for any number of callers.
/// </summary>
internal sealed class RepeatedCalls(TimeProvider time, IOptions<SignallingOptions> options, ILogger<RepeatedCalls> logger)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromSeconds(30);

    /// <summary>Makes the call; completes after the first try, and goes on in the background where that failed. Does not fail.</summary>
    /// <param name="what">For the log: a verb and its object.</param>
    /// <param name="call">
    /// May be made more than once. A token ends each try after <see cref="SignallingOptions.ControlTimeout"/>. What the media server does
    /// not know, or refuses for good, is done.
    /// </param>
    /// <param name="isWanted">Asked before each repetition.</param>
    public async Task DoAsync(string what, Func<CancellationToken, Task> call, Func<bool> isWanted)
    {
        if (!await TryAsync(what, call)) _ = RepeatAsync(what, call, isWanted);
    }

    private async Task RepeatAsync(string what, Func<CancellationToken, Task> call, Func<bool> isWanted)
    {
        var schedule = new RetrySchedule(s_first, s_longest);
        do
        {
            await Task.Delay(schedule.Failed(), time);
            if (!isWanted()) return;
        }
        while (!await TryAsync(what, call));

        logger.CallRepeated(what, schedule.Failures);
    }

    // True where there is nothing to repeat.
    private async Task<bool> TryAsync(string what, Func<CancellationToken, Task> call)
    {
        using var limit = new CancellationTokenSource(options.Value.ControlTimeout, time);
        try
        {
            await call(limit.Token);
            return true;
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            return true;
        }
        catch (ControlException e) when (e.Error is ControlError.InvalidArgument or ControlError.PermissionDenied or ControlError.Unauthenticated)
        {
            logger.CallRefused(what, e.Error, e.Message);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            logger.CallFailed(what, "no answer in time");
            return false;
        }
        // Nobody waits for this: a call that failed in a way that nobody thought of must not be the last one.
        catch (Exception e)
        {
            logger.CallFailed(what, e.Message);
            return false;
        }
    }
}

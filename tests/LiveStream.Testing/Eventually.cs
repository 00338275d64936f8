namespace LiveStream.Testing;

/// <summary>Waits for what nothing tells of.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60), s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until the condition holds; fails with <see cref="TimeoutException"/> after a minute.</summary>
    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(() => Task.FromResult(condition()));

    /// <inheritdoc cref="HoldsAsync(Func{bool})"/>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException("What was waited for has not come.");
            await Task.Delay(s_pause);
        }
    }
}

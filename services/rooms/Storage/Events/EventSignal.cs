namespace LiveStream.Rooms.Storage;

/// <summary>Wakes readers of the event log in this process.</summary>
internal sealed class EventSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Ends at the next <see cref="Raise"/> after the property was read.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Events were committed.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

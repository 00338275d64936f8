namespace LiveStream.Hosting.Bus;

/// <summary>An event as the log keeps it.</summary>
/// <param name="Position">Ascending; gaps are normal.</param>
/// <param name="MessageId">Unique.</param>
/// <param name="Type">Name of the event in the catalog.</param>
/// <param name="Key">What it is about.</param>
/// <param name="Body">JSON.</param>
/// <param name="At">When it was written.</param>
/// <param name="Trace">W3C <c>traceparent</c> of what wrote it; null where nothing was traced.</param>
public sealed record LoggedEvent(long Position, Guid MessageId, string Type, string Key, string Body, DateTimeOffset At, string? Trace = null);

/// <summary>Rights that one process has at a time, by name: ended by disposal, or with the process.</summary>
public interface IProcessLeases
{
    /// <summary>Takes the right; null while another process has it. Fails with <see cref="System.Data.Common.DbException"/> or <see cref="IOException"/>.</summary>
    Task<IEventLease?> TryLeaseAsync(string name, CancellationToken cancellationToken);
}

/// <summary>
/// The durable, append-only log that services write events to together with the change itself, and its subscribers' cursors.
/// All members fail with <see cref="System.Data.Common.DbException"/> or <see cref="IOException"/> when the store does.
/// </summary>
public interface IEventLog : IProcessLeases
{
    /// <summary>
    /// Ends when this process has appended events after the property was read, or <see cref="LookAsync"/> has found some.
    /// </summary>
    Task Appended { get; }

    /// <summary>Looks for events that another process wrote, or that still wait for their place in the order; ends <see cref="Appended"/> if there are any.</summary>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>Events behind a position, in order and without holes that could be filled later; empty when there is none.</summary>
    Task<IReadOnlyList<LoggedEvent>> ReadAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>Where the subscriber is. A new one begins at the end of the log: it sees what happens from now on.</summary>
    Task<long> OpenCursorAsync(string subscriber, CancellationToken cancellationToken);

    /// <summary>Moves the cursor on. False when it is not where the caller thinks: another process delivers.</summary>
    Task<bool> AdvanceAsync(string subscriber, long before, long reached, CancellationToken cancellationToken);

    /// <summary>Removes events that every subscriber is past and that are older than the retention; the number removed.</summary>
    Task<int> TrimAsync(CancellationToken cancellationToken);
}

/// <summary>The right to deliver to one subscriber.</summary>
public interface IEventLease : IAsyncDisposable
{
    /// <summary>Whether it still holds; false after the connection that carried it broke.</summary>
    Task<bool> IsHeldAsync(CancellationToken cancellationToken);
}

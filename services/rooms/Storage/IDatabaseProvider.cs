using System.Data.Common;

using LiveStream.Hosting.Bus;
using LiveStream.Storage.Migrations;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>What differs between database products; everything else is one model.</summary>
internal interface IDatabaseProvider : IMigrationTarget
{
    /// <summary>Folder of the product's scripts below <c>Storage/Migrations</c>.</summary>
    string ScriptFolder { get; }

    /// <summary>Ends a SELECT so that the rows it finds belong to the transaction; begins with a space where it is not empty.</summary>
    string LockRows { get; }

    /// <summary>
    /// Chooses the product and the connection for a context. Background work has connections of its own, so that a flood of
    /// requests does not keep it waiting.
    /// </summary>
    void Configure(DbContextOptionsBuilder options, bool background = false);

    /// <summary>Whether parts of a SELECT may write, so that <see cref="OneStatement{TRow}"/> works.</summary>
    bool WritesInSelects { get; }

    /// <summary>Prepares what must be there before the first connection.</summary>
    void Prepare();

    /// <summary>Begins a transaction that only one program can hold at a time.</summary>
    Task<DbTransaction> BeginExclusiveAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A writer's turn; disposal ends it. Products that take many writers at once do not wait.</summary>
    Task<IDisposable> EnterWriteAsync(CancellationToken cancellationToken);

    /// <summary>Whether a transaction failed for what another one did at the same time, so that it may succeed when run again.</summary>
    bool IsConflict(Exception exception);

    /// <summary>
    /// Gives their positions to events that were committed without one, in an order that keeps cause before effect, and so that
    /// no event gets a lower position later.
    /// </summary>
    Task SequenceEventsAsync(RoomsDbContext db, CancellationToken cancellationToken);

    /// <summary>The right to deliver events to a subscriber; null while another process has it.</summary>
    Task<IEventLease?> TryLeaseAsync(string subscriber, CancellationToken cancellationToken);
}

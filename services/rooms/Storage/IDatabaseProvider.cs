using System.Data.Common;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>What differs between database products; everything else is one model.</summary>
internal interface IDatabaseProvider
{
    /// <summary>Folder of the product's scripts below <c>Storage/Migrations</c>.</summary>
    string ScriptFolder { get; }

    /// <summary>Chooses the product and the connection for a context.</summary>
    void Configure(DbContextOptionsBuilder options);

    /// <summary>Prepares what must be there before the first connection.</summary>
    void Prepare();

    /// <summary>Begins the transaction that only one migration runner can hold at a time.</summary>
    Task<DbTransaction> BeginExclusiveAsync(DbConnection connection, CancellationToken cancellationToken);
}

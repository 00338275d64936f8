using System.Data.Common;

namespace LiveStream.Storage.Migrations;

/// <summary>What a database product does around scripts that change the schema.</summary>
public interface IMigrationTarget
{
    /// <summary>Begins a transaction that only one program can hold at a time; the connection is closed after it.</summary>
    Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Checks, after the scripts, what the product did not check while they ran. Fails with <see cref="MigrationException"/>.</summary>
    Task VerifyAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken);
}

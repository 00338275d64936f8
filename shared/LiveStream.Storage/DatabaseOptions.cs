using System.ComponentModel.DataAnnotations;

namespace LiveStream.Storage;

/// <summary>Database products.</summary>
public enum DatabaseProvider
{
    /// <summary>One file in the data folder, one machine.</summary>
    Sqlite = 1,
    /// <summary>A server, for many rooms and for several processes.</summary>
    Postgres = 2,
}

/// <summary>Which database a service keeps its tables in: section <c>Rooms:Database</c> and the like.</summary>
public sealed record DatabaseOptions : IValidatableObject
{
    /// <summary>The product; a change of it starts with an empty database.</summary>
    [EnumDataType(typeof(DatabaseProvider))]
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>
    /// How PostgreSQL is reached, as Npgsql writes it: <c>Host=db;Username=livestream;Password=...;Database=livestream</c>.
    /// Keep it in the environment (<c>Rooms__Database__ConnectionString</c>). SQLite does not use it.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider == DatabaseProvider.Postgres && string.IsNullOrWhiteSpace(ConnectionString))
            yield return new ValidationResult("PostgreSQL needs a connection string.", [nameof(ConnectionString)]);
    }
}

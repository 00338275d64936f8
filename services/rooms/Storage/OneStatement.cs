using System.Data.Common;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace LiveStream.Rooms.Storage;

/// <summary>
/// A row and the event that tells of it in one statement, which is a transaction by itself: one round trip, where reading, writing and
/// committing take three. For products whose SELECT may have parts that write (PostgreSQL). What it cannot decide is left to
/// <see cref="RoomsDatabase.WriteAsync"/>. Columns are those of the model. Safe from several threads.
/// </summary>
internal sealed class OneStatement<TRow>
    where TRow : class
{
    private readonly Column[] _row, _event;
    private readonly string _add, _replace, _key;

    /// <summary>Statements for the table of <typeparamref name="TRow"/>.</summary>
    /// <param name="model">The provider's model.</param>
    /// <param name="natural">Properties that a row is found by, other than its id.</param>
    /// <param name="version">Property that is another one after every change.</param>
    public OneStatement(IModel model, string[] natural, string version)
    {
        _row = ColumnsOf(model.FindEntityType(typeof(TRow))!, "r");
        _event = ColumnsOf(model.FindEntityType(typeof(EventRow))!, "e");
        var (rows, events) = (TableOf(model, typeof(TRow)), TableOf(model, typeof(EventRow)));
        var id = _row.Single(column => column.Property.IsPrimaryKey());
        var stamp = _row.Single(column => column.Property.Name == version);
        _key = string.Join(" AND ", natural.Select(name => _row.Single(column => column.Property.Name == name)).Select(column => $"{column.Name} = {column.Parameter}"));

        var tell = $"INSERT INTO {events} ({Names(_event)}) SELECT {Parameters(_event)} FROM written";
        // The row that was added, or the one that was there; neither where it came while this ran.
        _add = $"""
            WITH written AS (INSERT INTO {rows} ({Names(_row)}) VALUES ({Parameters(_row)}) ON CONFLICT DO NOTHING RETURNING {Names(_row)}),
            told AS ({tell})
            SELECT {Names(_row)} FROM written UNION ALL SELECT {Names(_row)} FROM {rows} WHERE {_key}
            """;
        _replace = $"""
            WITH written AS (
                UPDATE {rows} SET {string.Join(", ", _row.Where(column => column != id).Select(column => $"{column.Name} = {column.Parameter}"))}
                WHERE {id.Name} = {id.Parameter} AND {stamp.Name} IS NOT DISTINCT FROM @before RETURNING {id.Name})
            {tell}
            """;
        Version = stamp.Property;
    }

    private IProperty Version { get; }

    /// <summary>Adds the row, unless one with its key is there: that one then, and no event. Null where it cannot be told.</summary>
    public async Task<TRow?> AddAsync(RoomsDbContext db, TRow row, EventRow told, CancellationToken cancellationToken)
    {
        var parameters = ParametersOf(db, row, told);
        var found = await db.Set<TRow>().FromSqlRaw(_add, [.. parameters]).AsNoTracking().ToListAsync(cancellationToken);
        return found.Count == 1 ? found[0] : null;
    }

    /// <summary>Writes the row over the one of its id, unless that one has changed since it was read; whether it did.</summary>
    public async Task<bool> ReplaceAsync(RoomsDbContext db, TRow row, object? versionBefore, EventRow told, CancellationToken cancellationToken)
    {
        var parameters = ParametersOf(db, row, told);
        using var factory = db.Database.GetDbConnection().CreateCommand();
        parameters.Add(Version.GetRelationalTypeMapping().CreateParameter(factory, "@before", versionBefore, nullable: true));
        return await db.Database.ExecuteSqlRawAsync(_replace, parameters, cancellationToken) == 1;
    }

    private List<DbParameter> ParametersOf(RoomsDbContext db, TRow row, EventRow told)
    {
        using var factory = db.Database.GetDbConnection().CreateCommand();
        return
        [
            .. _row.Select(column => column.ParameterOf(factory, row)),
            .. _event.Select(column => column.ParameterOf(factory, told)),
        ];
    }

    private static string TableOf(IModel model, Type type) => model.FindEntityType(type)!.GetTableName()!;

    private static string Names(Column[] columns) => string.Join(", ", columns.Select(column => column.Name));

    private static string Parameters(Column[] columns) => string.Join(", ", columns.Select(column => column.Parameter));

    private static Column[] ColumnsOf(IEntityType type, string prefix) =>
        [.. type.GetProperties().Select((property, i) => new Column(property, property.GetColumnName(), $"@{prefix}{i}"))];

    private sealed record Column(IProperty Property, string Name, string Parameter)
    {
        public DbParameter ParameterOf(DbCommand factory, object row) =>
            Property.GetRelationalTypeMapping().CreateParameter(factory, Parameter, Property.GetGetter().GetClrValue(row), nullable: true);
    }
}

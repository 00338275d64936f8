using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Benchmarks.Reporting;

/// <summary>A column of a report.</summary>
/// <param name="Key">Name in JSON, with its unit.</param>
/// <param name="Title">Heading of the table.</param>
/// <param name="Format">Numeric format of the table; JSON has the whole number.</param>
public sealed record BenchColumn(string Key, string Title, string Format = "");

/// <summary>The outcome of one bench: a table for people, JSON for scripts, both from the same rows.</summary>
public sealed class BenchReport(string name, IReadOnlyList<BenchColumn> columns)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<object[]> _rows = [];
    private readonly List<string> _notes = [];
    private readonly MachineFacts _machine = MachineFacts.Read();
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;

    /// <summary>Adds a row, one value for each column: text, integers or doubles.</summary>
    public void Add(params object[] values)
    {
        if (values.Length != columns.Count) throw new ArgumentException($"{columns.Count} values are wanted, not {values.Length}.", nameof(values));
        _rows.Add(values);
    }

    /// <summary>Adds a line below the table.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>The table.</summary>
    public string ToTable()
    {
        var cells = _rows.Select(row => row.Select((value, i) => Cell(value, columns[i])).ToArray()).ToList();
        var widths = columns.Select((column, i) => cells.Select(row => row[i].Length).Append(column.Title.Length).Max()).ToArray();
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{name}: {_machine.Cpu}, {_machine.Cores} {(_machine.Cores == 1 ? "core" : "cores")}, Linux {_machine.Kernel}, {_machine.Runtime}, load {_machine.LoadAverage}");
        AppendRow(text, [.. columns.Select(column => column.Title)], widths);
        AppendRow(text, [.. widths.Select(width => new string('-', width))], widths);
        foreach (var row in cells) AppendRow(text, row, widths);
        foreach (var note in _notes) text.AppendLine(note);
        return text.ToString();
    }

    /// <summary>The JSON document.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["bench"] = name,
            ["started_at"] = _startedAt,
            ["machine"] = _machine,
            ["rows"] = _rows.Select(row => columns.Select((column, i) => (column.Key, Value: row[i])).ToDictionary(pair => pair.Key, pair => pair.Value)),
            ["notes"] = _notes,
        },
        Json);

    /// <summary>Prints the table, and writes the JSON where asked.</summary>
    public void Publish(TextWriter output, string? jsonPath)
    {
        output.Write(ToTable());
        if (jsonPath is not null) File.WriteAllText(jsonPath, ToJson() + "\n");
    }

    private static string Cell(object value, BenchColumn column) =>
        value is IFormattable number ? number.ToString(column.Format, CultureInfo.InvariantCulture) : value.ToString() ?? "";

    // Text to the left, numbers to the right.
    private void AppendRow(StringBuilder text, string[] cells, int[] widths)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var isText = _rows.Count > 0 && _rows[0][i] is string;
            text.Append(i == 0 ? "" : "  ").Append(isText ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i]));
        }
        text.AppendLine();
    }
}

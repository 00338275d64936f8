using System.Globalization;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>What became of everything while one thing was broken.</summary>
/// <param name="Number">Its place in the table.</param>
/// <param name="Fault">What was broken, and for how long.</param>
/// <param name="Sent">Events that were acknowledged.</param>
/// <param name="Delivered">Of those, how many the receiver got.</param>
/// <param name="Repeated">Webhooks that it got again.</param>
/// <param name="OutOfOrder">Pairs of one room's events that it got in another order.</param>
/// <param name="RealTime">Longest time without a packet for a viewer by WebRTC.</param>
/// <param name="Hls">Longest time without news in the playlist.</param>
internal sealed record FaultRow(int Number, string Fault, int Sent, int Delivered, int Repeated, int OutOfOrder, TimeSpan RealTime, TimeSpan Hls)
{
    private const string Begin = "<!-- table -->", End = "<!-- end of table -->";

    private const string Head = """
        | what was broken | events sent | delivered | duplicated | lost | order kept | s without media: real time | HLS | manual steps |
        |---|---|---|---|---|---|---|---|---|
        """;

    public int Lost => Sent - Delivered;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Fault} | {Sent} | {Delivered} | {Repeated} | {Lost} | {(OutOfOrder == 0 ? "yes" : "no")} | {RealTime.TotalSeconds:F1} | {Hls.TotalSeconds:F1} | 0 |");

    /// <summary>The whole table, in its order.</summary>
    public static string Table(IEnumerable<FaultRow> rows) => string.Join('\n', rows.OrderBy(row => row.Number).Select(row => row.ToString()).Prepend(Head));

    /// <summary>Puts the table where the document has it.</summary>
    public static void Write(string file, IEnumerable<FaultRow> rows)
    {
        var text = File.ReadAllText(file);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidDataException($"{file} has no place for the table");
        File.WriteAllText(file, $"{text[..(begin + Begin.Length)]}\n{Table(rows)}\n{text[end..]}");
    }
}

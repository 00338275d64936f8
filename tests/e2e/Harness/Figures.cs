using System.Globalization;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>Prints what a scenario measured; <c>E2E_FIGURES</c> names a file that collects the lines of a whole run.</summary>
public sealed class Figures(ITestOutputHelper output, string scenario)
{
    public void Print(string name, string value)
    {
        var line = $"{scenario}: {name} = {value}";
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("E2E_FIGURES") is { Length: > 0 } file)
            File.AppendAllText(file, line + "\n");
    }

    public void Print(string name, TimeSpan value) =>
        Print(name, value.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) + " ms");

    /// <summary>Prints p50, p95 and the range of values in milliseconds.</summary>
    public void PrintMilliseconds(string name, IReadOnlyList<double> values)
    {
        if (values.Count == 0) Print(name, "no values");
        else
            Print(name, string.Create(CultureInfo.InvariantCulture,
                $"p50 {Percentile(values, 50):F0} ms, p95 {Percentile(values, 95):F0} ms, {values.Min():F0} to {values.Max():F0} ms, n {values.Count}"));
    }

    /// <summary>Nearest-rank percentile; <paramref name="values"/> is not empty.</summary>
    public static double Percentile(IReadOnlyList<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}

using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace LiveStream.Benchmarks.Reporting;

/// <summary>What a figure depends on besides the code.</summary>
public sealed record MachineFacts(
    [property: JsonPropertyName("cpu")] string Cpu,
    [property: JsonPropertyName("cores")] int Cores,
    [property: JsonPropertyName("kernel")] string Kernel,
    [property: JsonPropertyName("runtime")] string Runtime,
    [property: JsonPropertyName("load_average")] string LoadAverage)
{
    /// <summary>This machine now.</summary>
    public static MachineFacts Read() => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        FirstLine("/proc/sys/kernel/osrelease"),
        RuntimeInformation.FrameworkDescription,
        string.Join(' ', FirstLine("/proc/loadavg").Split(' ').Take(3)));

    private static string? Field(string path, string name) =>
        File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() : null;

    private static string FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault() ?? "" : "";
}

using System.Globalization;
using System.Text;

namespace LiveStream.Hosting.Metrics;

/// <summary>CPU, memory and garbage collection of this process.</summary>
internal static class ProcessMetrics
{
    public static void Write(StringBuilder text)
    {
        Write(text, "process_cpu_seconds_total", SeriesKind.Counter, "User and system CPU time.", Environment.CpuUsage.TotalTime.TotalSeconds);
        Write(text, "process_resident_memory_bytes", SeriesKind.Gauge, "Resident memory.", Environment.WorkingSet);
        Write(text, "dotnet_gc_allocated_bytes_total", SeriesKind.Counter, "Managed bytes allocated since start.", GC.GetTotalAllocatedBytes(precise: false));
        Write(text, "dotnet_gc_heap_size_bytes", SeriesKind.Gauge, "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        Write(text, "dotnet_gc_pause_seconds_total", SeriesKind.Counter, "Time stopped by garbage collection.", GC.GetTotalPauseDuration().TotalSeconds);
        Write(text, "dotnet_threadpool_threads", SeriesKind.Gauge, "Thread pool threads.", ThreadPool.ThreadCount);

        PrometheusText.Header(text, "dotnet_gc_collections_total", SeriesKind.Counter, "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            var label = string.Create(CultureInfo.InvariantCulture, $"generation=\"{generation}\"");
            PrometheusText.Sample(text, "dotnet_gc_collections_total", label, GC.CollectionCount(generation));
        }
    }

    private static void Write(StringBuilder text, string name, SeriesKind kind, string help, double value)
    {
        PrometheusText.Header(text, name, kind, help);
        PrometheusText.Sample(text, name, "", value);
    }
}

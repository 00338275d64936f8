using System.Globalization;
using System.Runtime.InteropServices;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>Examines media files with FFmpeg's tools, independent of the code that wrote them.</summary>
public static class MediaFile
{
    private const int AnalysisRate = 48000;
    private static readonly TimeSpan ToolTime = TimeSpan.FromMinutes(2);

    /// <summary>What <c>ffprobe</c> and a decode of the whole file complain about at warning level; empty when all is well.</summary>
    public static async Task<string> ComplaintsAsync(string file)
    {
        var (_, _, probed) = await Processes.RunAsync("ffprobe", ["-v", "warning", "-show_packets", "-of", "compact", file], ToolTime);
        // The file's own clock: on the guessed frame rate's, two frames of a live picture may share a tick.
        var (_, _, decoded) = await Processes.RunAsync("ffmpeg",
            ["-v", "warning", "-nostdin", "-i", file, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"], ToolTime);
        return probed + decoded;
    }

    /// <summary>Presentation times of the file's only track in seconds, in order.</summary>
    public static async Task<IReadOnlyList<double>> TimesAsync(string file)
    {
        var (_, text, _) = await Processes.RunAsync("ffprobe", ["-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file], ToolTime);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(t => double.Parse(t.TrimEnd(','), CultureInfo.InvariantCulture)).Order()];
    }

    /// <summary>Times at which the picture turns bright: the first frame of each flash.</summary>
    public static async Task<IReadOnlyList<double>> FlashesAsync(string file)
    {
        const int width = 16, height = 9;
        var times = await TimesAsync(file);
        var (_, pixels, _) = await Processes.RunForBytesAsync("ffmpeg",
            ["-v", "error", "-nostdin", "-i", file, "-fps_mode", "passthrough", "-vf", $"scale={width}:{height}:flags=area,format=gray", "-f", "rawvideo", "-"], ToolTime);
        var levels = new double[Math.Min(times.Count, pixels.Length / (width * height))];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = pixels.AsSpan(i * width * height, width * height).ToArray().Average(p => (double)p);
        return Onsets(levels, i => times[i]);
    }

    /// <summary>Times at which silence turns into sound: the start of each beep.</summary>
    public static async Task<IReadOnlyList<double>> BeepsAsync(string file)
    {
        const int window = AnalysisRate / 500; // 2 ms
        // Of the first decoded frame, not of the first packet: an edit list may cut the encoder's priming.
        var (_, first, _) = await Processes.RunAsync("ffprobe",
            ["-v", "error", "-read_intervals", "%+#5", "-show_entries", "frame=pts_time", "-of", "csv=p=0", file], ToolTime);
        var start = double.Parse(first.Split('\n')[0].TrimEnd(','), CultureInfo.InvariantCulture);
        var (_, bytes, _) = await Processes.RunForBytesAsync("ffmpeg",
            ["-v", "error", "-nostdin", "-i", file, "-ac", "1", "-ar", $"{AnalysisRate}", "-f", "f32le", "-"], ToolTime);
        var samples = MemoryMarshal.Cast<byte, float>(bytes);
        var levels = new double[samples.Length / window];
        for (var i = 0; i < levels.Length; i++)
        {
            double peak = 0;
            foreach (var sample in samples.Slice(i * window, window)) peak = Math.Max(peak, Math.Abs(sample));
            levels[i] = peak;
        }

        return Onsets(levels, i => start + (double)i * window / AnalysisRate);
    }

    /// <summary>For each flash the beep nearest to it, as beep minus flash in milliseconds; pairs further apart than half a second do not count.</summary>
    public static IReadOnlyList<double> Offsets(IReadOnlyList<double> flashes, IReadOnlyList<double> beeps) =>
        beeps.Count == 0 ? [] : [.. flashes.Select(f => beeps.MinBy(b => Math.Abs(b - f)) - f).Where(d => Math.Abs(d) < 0.5).Select(d => d * 1000)];

    // Rising edges across the middle between the quietest and the loudest; a level without contrast has none.
    private static List<double> Onsets(double[] levels, Func<int, double> time)
    {
        var onsets = new List<double>();
        if (levels.Length == 0) return onsets;
        var sorted = levels.Order().ToArray();
        var (floor, ceiling) = (sorted[sorted.Length / 2], sorted[^1]);
        var threshold = (floor + ceiling) / 2;
        if (ceiling - floor < 0.05 * Math.Max(ceiling, 1e-3)) return onsets;
        for (var i = 1; i < levels.Length; i++)
            if (levels[i] >= threshold && levels[i - 1] < threshold) onsets.Add(time(i));
        return onsets;
    }
}

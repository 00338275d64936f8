using System.Globalization;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// What the scenarios demand of wall-clock figures. A shared machine with two cores encodes, forwards and decodes at once,
/// so the ordinary limits leave room for a busy neighbour; with <c>E2E_STRICT=1</c> the product's own promises hold.
/// </summary>
public static class Limits
{
    private static readonly bool Strict = Environment.GetEnvironmentVariable("E2E_STRICT") == "1";

    /// <summary>How long the watching scenarios play (<c>E2E_WATCH_SECONDS</c>, 12 by default, 300 for the long form).</summary>
    public static TimeSpan WatchTime { get; } = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("E2E_WATCH_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 12);

    /// <summary>Name of the picture clock that is published: as large and fast as a camera's picture, or one that two cores encode and draw beside all else.</summary>
    public static string Clock { get; } = Environment.GetEnvironmentVariable("E2E_CLOCK") ?? (Strict ? "1" : "small");

    /// <summary>Pictures of the browser's own camera each second.</summary>
    public static int CameraFramesPerSecond { get; } = Strict ? 30 : 10;

    /// <summary>Pictures that a real-time viewer sees each second, of the clock's 30 or 15.</summary>
    public static int FramesPerSecond { get; } = !Strict ? 3 : Clock == "small" ? 12 : 25;

    /// <summary>Camera to screen by WebRTC, 95th percentile.</summary>
    public static TimeSpan RealTimeLatency { get; } = TimeSpan.FromMilliseconds(Strict ? 300 : 1500);

    /// <summary>Camera to screen by HLS, median.</summary>
    public static TimeSpan HlsLatency { get; } = TimeSpan.FromSeconds(Strict ? 3 : 8);

    /// <summary>From pressing "Go live" until an HLS viewer sees moving pictures.</summary>
    public static TimeSpan GoLiveToPlaying { get; } = TimeSpan.FromSeconds(Strict ? 10 : 30);

    /// <summary>From a change of role until the others see, or no longer see, the person's picture.</summary>
    public static TimeSpan RoleChange { get; } = TimeSpan.FromSeconds(Strict ? 2 : 12);

    /// <summary>From the death of a media node until its people see each other on another one.</summary>
    public static TimeSpan NodeLoss { get; } = TimeSpan.FromSeconds(Strict ? 10 : 30);

    /// <summary>Picture against sound in the stored segments.</summary>
    public static TimeSpan LipSync { get; } = TimeSpan.FromMilliseconds(Strict ? 40 : 120);

    /// <summary>Rebuffering events an HLS viewer may have while watching.</summary>
    public static int Stalls { get; } = Strict ? 0 : 2;

    /// <summary>The same of a product of six processes, each of which compiles itself on the same cores while people begin to watch.</summary>
    public static int ColdStalls { get; } = Strict ? 0 : 8;

    /// <summary>From SIGTERM to the end of the process: holds on any machine.</summary>
    public static TimeSpan Shutdown { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Waiting for a state that comes at once on an idle machine.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);
}

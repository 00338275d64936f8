using System.Diagnostics;
using System.Net.Http.Headers;
using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;
using LiveStream.Sfu.Dtls;
using LiveStream.Testing;
using LiveStream.Testing.Rtc;

namespace LiveStream.Benchmarks.Hls;

/// <summary>What <see cref="HlsBench"/> measures.</summary>
internal sealed record HlsBenchOptions
{
    /// <summary>The all-in-one program.</summary>
    public required string ServerDll { get; init; }

    /// <summary>Time in each state before measuring: tiered compilation settles.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Measured time of the rows with HLS.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// One passthrough live stream through the whole product as a process of its own: a WHIP publisher of real 720p30 H.264 and
/// Opus, the packager, and a viewer at the live edge. The same server is measured idle, with the publisher, and with HLS.
/// </summary>
internal static class HlsBench
{
    // Waiting for a processor beyond this share of the window makes delays a matter of the other processes.
    private const double BusyPercent = 5;

    // The server's cost is a few hundredths of a processor.
    private const double CompilingShare = 0.001;

    private const int WarmUpRounds = 6;

    private static readonly TimeSpan IdleWindow = TimeSpan.FromSeconds(5);

    private static readonly BenchColumn[] Columns =
    [
        new("state", "state"),
        new("server_cpu_percent", "server CPU %", "0.00"),
        new("ffmpeg_cpu_percent", "FFmpeg CPU %", "0.00"),
        new("cpu_percent", "total CPU %", "0.00"),
        new("runqueue_wait_percent", "wait %", "0.0"),
        new("generator_cpu_percent", "load gen %", "0.0"),
        new("allocated_kb_per_second", "alloc KB/s", "0"),
        new("video_latency_p50_ms", "video p50 ms", "0"),
        new("video_latency_p99_ms", "p99 ms", "0"),
        new("audio_latency_p50_ms", "audio p50 ms", "0"),
        new("audio_latency_p99_ms", "p99 ms", "0"),
        new("late_parts", "late parts", "0"),
        new("longest_part_ms", "longest part ms", "0.0"),
        new("shortest_segment_s", "min segment s", "0.000"),
        new("longest_segment_s", "max segment s", "0.000"),
        new("start_s", "start s", "0.00"),
    ];

    public static async Task<BenchReport> RunAsync(HlsBenchOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync("# making the clip …");
        var clip = await Clip.MakeAsync(cancellationToken);
        await using var server = await ServerProcess.StartAsync(options.ServerDll, cancellationToken);
        try
        {
            return await MeasureAsync(options, clip, server, progress, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{error.Message}\nThe server's last lines:\n{server.LogEnd()}", error);
        }
    }

    private static async Task<BenchReport> MeasureAsync(
        HlsBenchOptions options, Clip clip, ServerProcess server, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("hls", Columns);
        async Task<UsageWindow> MeasureStateAsync(string state, TimeSpan window)
        {
            await progress.WriteLineAsync($"# {state} …");
            if (!await Settling.SettleAsync(server.Id, WarmUpRounds, CompilingShare, () => Task.Delay(options.WarmUp, cancellationToken))) report.Note($"{state}: the server still compiled when it was measured.");
            return await UsageWindow.MeasureAsync(server, window, cancellationToken);
        }

        var idle = await MeasureStateAsync("idle", IdleWindow);
        using var identity = DtlsIdentity.Create();
        using var publisher = new ClipPublisher(identity, clip, seed: 30);
        // Ends before what it drives.
        using var thread = new LoadThread("load-publisher", LoadPace.Precise);
        await PublishAsync(publisher, thread, server, cancellationToken);
        var published = await MeasureStateAsync("publisher", options.Window);
        var (playlist, startTime) = await StartAsync(server, cancellationToken);
        var unwatched = await MeasureStateAsync("hls, no viewer", options.Window);
        await using var viewer = LiveViewer.Play(StaticPlaylist(server), playlist, cancellationToken);
        await thread.RunAsync(publisher.Lateness.Clear);
        var keyFrames = publisher.KeyFrames;
        var watched = await MeasureStateAsync("hls, one viewer", options.Window);
        await viewer.CheckAsync();
        keyFrames = publisher.KeyFrames - keyFrames;
        var lateness = double.NaN;
        await thread.RunAsync(() => lateness = publisher.Lateness.PercentileMilliseconds(0.99));
        var (video, audio) = (RenditionFigures.Of(viewer.Video, watched.Span), RenditionFigures.Of(viewer.Audio, watched.Span));
        await thread.RunAsync(publisher.Session.Close);

        AddState(report, "idle", idle);
        AddState(report, "publisher", published);
        AddState(report, "hls, no viewer", unwatched);
        report.Add(
        [
            "hls, one viewer", .. Usage(watched),
            video.P50Milliseconds, video.P99Milliseconds, audio.P50Milliseconds, audio.P99Milliseconds, (double)(video.Late + audio.Late),
            Math.Max(video.LongestPartMilliseconds, audio.LongestPartMilliseconds),
            video.Segments.Min().TotalSeconds, video.Segments.Max().TotalSeconds, startTime.TotalSeconds,
        ]);
        AddDifference(report, "per stream", unwatched, published);
        AddDifference(report, "per stream and viewer", watched, published);
        AddNotes(report, published, unwatched, watched);
        report.Note(FormattableString.Invariant($"{video.Parts} video and {audio.Parts} audio parts, PART-TARGET {video.PartTargetMilliseconds:0} ms; {keyFrames} key frames sent since the viewer came; packets left the load generator up to {lateness:0.00} ms late (p99), which lengthens the latencies."));
        report.Note(FormattableString.Invariant($"The playlist's time of a picture differs from its capture time, which the picture carries, by {video.ClockErrorMilliseconds:0.0} ms at most."));
        return report;
    }

    private static void AddNotes(BenchReport report, UsageWindow published, UsageWindow unwatched, UsageWindow watched)
    {
        report.Note("CPU: all threads of the server and of its FFmpeg child (/proc/PID/task/*/schedstat), in percent of one core.");
        report.Note("Per stream: the packager, the export to it and FFmpeg, audio included: HLS without a viewer less the publisher alone.");
        report.Note("Latency: capture of a part's first picture or sample to its last byte at the viewer; it contains the part's own length.");
        report.Note("The viewer waits by blocking reload and then fetches the part. Late: 1 s later than the usual part. Start: start call to multivariant playlist.");
        report.Note("The publisher has a key frame every 2 s, and cuts to the clip's next one when it is asked for one.");
        foreach (var (state, usage) in ((string, UsageWindow)[])[("publisher", published), ("hls, no viewer", unwatched), ("hls, one viewer", watched)])
        {
            report.Note($"{state}, CPU % by thread: {Threads(usage)}");
            if (usage.WaitPercent > BusyPercent)
                report.Note($"{state}: the machine was busy with other work; the latencies of this row are not the server's, and its CPU is higher than on a quiet one.");
        }
    }

    private static string Threads(UsageWindow usage) => string.Join(
        ", ",
        usage.Server.Concat(usage.Children).GroupBy(thread => thread.Name)
            .Select(group => (group.Key, Percent: 100 * TimeSpan.FromTicks(group.Sum(thread => thread.Cpu.Ticks)) / usage.Length))
            .OrderByDescending(group => group.Percent)
            .Take(7)
            .Select(group => FormattableString.Invariant($"{group.Key} {group.Percent:0.00}")));

    private static object[] Usage(UsageWindow usage) =>
        [usage.ServerPercent, usage.ChildrenPercent, usage.TotalPercent, usage.WaitPercent, usage.OwnPercent, usage.AllocatedKilobytesPerSecond];

    private static void AddState(BenchReport report, string state, UsageWindow usage) => AddUsage(report, state, Usage(usage));

    private static void AddDifference(BenchReport report, string state, UsageWindow usage, UsageWindow without) =>
        AddUsage(report, state, [.. Usage(usage).Zip(Usage(without), (with, before) => (object)((double)with - (double)before))]);

    // Only the row with a viewer has latencies.
    private static void AddUsage(BenchReport report, string state, object[] usage) =>
        report.Add([state, .. usage, .. Enumerable.Repeat<object>(double.NaN, Columns.Length - usage.Length - 1)]);

    private static async Task PublishAsync(ClipPublisher publisher, LoadThread thread, ServerProcess server, CancellationToken cancellationToken)
    {
        var client = new WhipClient(server.Http, server.Token("broadcaster"));
        var endpoint = new Uri(server.Http.BaseAddress!, $"/whip/{server.Workspace.RoomId}");
        var session = await client.PostAsync(endpoint, publisher.Session.Offer.Sdp, cancellationToken);
        await thread.AddAsync(publisher, now => publisher.Session.SetAnswer(session.Answer, now));
        await publisher.Connected.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
    }

    private static async Task<(string Playlist, TimeSpan Time)> StartAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var workspace = server.Workspace;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/v2/live-streams/room/{workspace.RoomId}/start", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", AuthToken.ForManagement(workspace.AccessKey, workspace.Secret, DateTimeOffset.UtcNow));
        using var started = await server.Http.SendAsync(request, cancellationToken);
        if (!started.IsSuccessStatusCode)
            throw new InvalidOperationException($"start answered {(int)started.StatusCode} {await started.Content.ReadAsStringAsync(cancellationToken)}");
        while (watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            using var reply = await server.Http.GetAsync(StaticPlaylist(server), cancellationToken);
            if (reply.IsSuccessStatusCode) return (await reply.Content.ReadAsStringAsync(cancellationToken), watch.Elapsed);
            await Task.Delay(20, cancellationToken);
        }
        throw new InvalidOperationException("The stream could not be played 30 s after its start.");
    }

    private static Uri StaticPlaylist(ServerProcess server) =>
        new(server.Http.BaseAddress!, $"/hls/{server.Workspace.CustomerId}/{server.Workspace.RoomId}/master.m3u8");
}

using LiveStream.HlsPackager.Ingest;

namespace LiveStream.HlsPackager.Tests.Ingest;

public sealed class ClockMappingTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 100)]
    [InlineData(3, -100)]
    [InlineData(4, 300)]
    public void Map_SimulatedPublisher_KeepsAudioAndVideoTogether(int seed, double skewPpm)
    {
        var publisher = new Simulation(seed, skewPpm);
        var worst = 0.0;
        var lastVideo = TimeSpan.MinValue;
        for (var seconds = 0.0; seconds < 120; seconds += 1 / 30.0)
        {
            publisher.RunTo(seconds);
            var (video, audio) = publisher.MapBoth(seconds);
            Assert.True(video > lastVideo, $"video goes back at {seconds:F3}");
            lastVideo = video;

            // Before both reports are in, only the encoders' delays tell the tracks apart.
            var difference = Math.Abs((video - audio).TotalMilliseconds);
            Assert.True(difference < 60, $"{difference:F1} ms apart at {seconds:F2} s");
            if (seconds > 8) worst = Math.Max(worst, difference);

            // Capture time on our clock: late by the network's delay at most.
            if (seconds > 8) Assert.InRange((video - TimeSpan.FromSeconds(seconds)).TotalMilliseconds, -10, 45);
        }

        Assert.True(worst < 15, $"audio and video are {worst:F1} ms apart");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Map_PublisherClockSet_MovesNothing(int hours)
    {
        var publisher = new Simulation(5, 0);
        publisher.RunTo(20);
        var before = publisher.MapBoth(20);
        publisher.NtpShift = TimeSpan.FromHours(hours);
        for (var seconds = 20.0; seconds < 40; seconds += 0.5)
        {
            publisher.RunTo(seconds);
            var (video, audio) = publisher.MapBoth(seconds);
            Assert.InRange((video - before.Video).TotalSeconds, seconds - 20 - 0.05, seconds - 20 + 0.05);
            Assert.InRange((video - audio).TotalMilliseconds, -40, 40);
        }
    }

    [Theory]
    [InlineData(800)]
    [InlineData(1500)]
    public void Map_ReportsThatTheNetworkHeldBack_MoveNothing(int late)
    {
        var mapping = new ClockMapping(new PublisherClock(), 90_000);
        for (var second = 0; second < 30; second++)
        {
            var timestamp = (uint)(second * 90_000);
            // Sound and picture have the same clock, so that one stall holds back more than one report of it.
            var delay = TimeSpan.FromMilliseconds(second is 10 or 11 ? late : 20);
            mapping.Observe(timestamp, TimeSpan.FromSeconds(second) + TimeSpan.FromMilliseconds(20));
            mapping.OnSenderReport((ulong)(1000 + second) << 32, timestamp, TimeSpan.FromSeconds(second) + delay);
            Assert.InRange((mapping.Map(timestamp) - TimeSpan.FromSeconds(second)).TotalMilliseconds, 15, 50);
        }
    }

    [Fact]
    public void OnSenderReport_ClockSetBack_IsFollowedWhenItStaysSo()
    {
        var clock = new PublisherClock();
        Assert.True(clock.OnSenderReport(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(10)));
        Assert.False(clock.OnSenderReport(TimeSpan.FromSeconds(91), TimeSpan.FromSeconds(11)));
        Assert.False(clock.OnSenderReport(TimeSpan.FromSeconds(92), TimeSpan.FromSeconds(12)));
        Assert.Equal((0, TimeSpan.FromSeconds(-90)), (clock.Generation, clock.Offset));
        Assert.True(clock.OnSenderReport(TimeSpan.FromSeconds(93), TimeSpan.FromSeconds(13)));
        Assert.Equal((1, TimeSpan.FromSeconds(-80)), (clock.Generation, clock.Offset));
    }

    [Fact]
    public void Map_TimestampsStartAnew_AreAnchoredAnew()
    {
        var publisher = new Simulation(6, 0);
        publisher.RunTo(20);
        publisher.VideoStart += 123_456_789;
        for (var seconds = 20.1; seconds < 40; seconds += 0.1)
        {
            publisher.RunTo(seconds);
            var (video, audio) = publisher.MapBoth(seconds);
            Assert.InRange((video - audio).TotalMilliseconds, -60, 60);
            if (seconds > 30) Assert.InRange((video - audio).TotalMilliseconds, -15, 15);
        }
    }

    [Fact]
    public void Map_NoReports_FollowsTheEarliestArrival()
    {
        var mapping = new ClockMapping(new PublisherClock(), 90_000);
        mapping.Observe(1000, TimeSpan.FromMilliseconds(500));
        mapping.Observe(1000 + 90_000, TimeSpan.FromMilliseconds(1460));
        Assert.False(mapping.IsSynchronized);

        // The second packet came 40 ms earlier than the first one promised; the correction is slewed.
        var first = mapping.Map(1000 + 90_000);
        var later = mapping.Map(1000 + (90_000 * 4));
        Assert.InRange(first.TotalMilliseconds, 1460, 1500);
        Assert.InRange(later.TotalMilliseconds, 4460 - 0.1, 4480);
    }

    [Fact]
    public void FromNtp_HalfASecond_KeepsTheFraction() =>
        Assert.Equal(TimeSpan.FromSeconds(2.5), PublisherClock.FromNtp((2UL << 32) | 0x8000_0000));

    /// <summary>A browser: video and audio with encoder delays, a network that delays 10 to 40 ms, reports each 1 s and 5 s.</summary>
    private sealed class Simulation
    {
        private readonly Random random;
        private readonly double rate;
        private readonly ClockMapping video;
        private readonly ClockMapping audio;
        private readonly uint audioStart;
        private double nextVideo, nextAudio, nextVideoReport = 0.8, nextAudioReport = 2.7;

        public Simulation(int seed, double skewPpm)
        {
            random = new Random(seed);
            rate = 1 + (skewPpm / 1e6);
            var clock = new PublisherClock();
            video = new ClockMapping(clock, 90_000);
            audio = new ClockMapping(clock, 48_000);
            VideoStart = uint.MaxValue - 900_000;
            audioStart = uint.MaxValue - 200_000;
        }

        public TimeSpan NtpShift { get; set; }

        public uint VideoStart { get; set; }

        public void RunTo(double seconds)
        {
            for (; nextVideo <= seconds; nextVideo += 1 / 30.0) video.Observe(VideoAt(nextVideo), Arrival(nextVideo + 0.008));
            for (; nextAudio <= seconds; nextAudio += 0.02) audio.Observe(AudioAt(nextAudio), Arrival(nextAudio + 0.021));
            for (; nextVideoReport <= seconds; nextVideoReport += 1) Report(video, nextVideoReport, VideoAt(nextVideoReport));
            for (; nextAudioReport <= seconds; nextAudioReport += 5) Report(audio, nextAudioReport, AudioAt(nextAudioReport));
        }

        public (TimeSpan Video, TimeSpan Audio) MapBoth(double seconds) => (video.Map(VideoAt(seconds)), audio.Map(AudioAt(seconds)));

        private void Report(ClockMapping mapping, double seconds, uint timestamp)
        {
            var sent = (seconds * rate) + 3_900_000_000.0 + NtpShift.TotalSeconds;
            var ntp = ((ulong)sent << 32) | (ulong)((sent - Math.Floor(sent)) * 4294967296.0);
            mapping.OnSenderReport(ntp, timestamp, Arrival(seconds));
        }

        private uint VideoAt(double seconds) => unchecked(VideoStart + (uint)(long)Math.Round(seconds * rate * 90_000));

        private uint AudioAt(double seconds) => unchecked(audioStart + (uint)(long)Math.Round(seconds * rate * 48_000));

        private TimeSpan Arrival(double sent) => TimeSpan.FromSeconds(sent + 0.010 + (random.NextDouble() * random.NextDouble() * 0.030));
    }
}

using LiveStream.Sfu.Router.Bandwidth;
using LiveStream.Sfu.Rtcp;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Tests.Router;

public sealed class SendSideEstimatorTests
{
    [Fact]
    public void OnFeedback_FirstOneAfterManyPackets_IsUsed()
    {
        var estimator = new SendSideEstimator();
        for (var i = 0; i < 70_000; i++) estimator.OnSend(1200, i * 1000L);
        var before = estimator.Bitrate;
        var path = new Path(estimator, bitsPerSecond: 400_000, firstMicroseconds: 70_000_000);
        path.Run(seconds: 10, sourceBitsPerSecond: _ => 1_500_000);
        Assert.True(estimator.Bitrate < before / 2, $"{estimator.Bitrate} bit/s");
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(800_000)]
    [InlineData(3_000_000)]
    public void Bitrate_SourceFollowsTheEstimateOverABottleneck_EndsNearItsCapacity(int capacity)
    {
        var estimator = new SendSideEstimator();
        var path = new Path(estimator, capacity, 0);
        path.Run(seconds: 60, sourceBitsPerSecond: now => Math.Min(estimator.Bitrate, 4_000_000));
        Assert.InRange(estimator.Bitrate, capacity * 0.4, capacity * 1.5);
    }

    [Fact]
    public void Bitrate_BottleneckIsLifted_RecoversWithinTwoMinutes()
    {
        var estimator = new SendSideEstimator();
        var path = new Path(estimator, 300_000, 0);
        path.Run(seconds: 30, sourceBitsPerSecond: _ => Math.Min(estimator.Bitrate, 3_000_000));
        Assert.True(estimator.Bitrate < 600_000);
        path.BitsPerSecond = 20_000_000;
        path.Run(seconds: 120, sourceBitsPerSecond: _ => Math.Min(estimator.Bitrate, 3_000_000));
        Assert.True(estimator.Bitrate > 1_500_000, $"{estimator.Bitrate} bit/s");
    }

    [Fact]
    public void Bitrate_FreePath_IsNotLowered()
    {
        var estimator = new SendSideEstimator();
        var path = new Path(estimator, 100_000_000, 0);
        path.Run(seconds: 20, sourceBitsPerSecond: _ => 2_000_000);
        Assert.True(estimator.Bitrate >= 3_000_000);
    }

    /// <summary>A small picture over a wide path, whose receiver falls behind for a moment: nothing is known to be full.</summary>
    [Fact]
    public void Bitrate_ReceiverWasBusyWhileLittleWasSent_IsBackWithinSeconds()
    {
        var estimator = new SendSideEstimator();
        var path = new Path(estimator, 20_000_000, 0);
        path.Run(seconds: 10, sourceBitsPerSecond: _ => 200_000);
        path.Lag = 0.2;
        path.Run(seconds: 3, sourceBitsPerSecond: _ => 200_000);
        Assert.True(estimator.Bitrate < 300_000, $"{estimator.Bitrate} bit/s while it lags");
        path.Lag = 0;
        path.Run(seconds: 7, sourceBitsPerSecond: _ => 200_000);
        Assert.True(estimator.Bitrate > 1_500_000, $"{estimator.Bitrate} bit/s");
    }

    /// <summary>
    /// A viewer that is given a large picture whenever the estimate allows one, over a path that carries only the small one:
    /// trials become rare, and most of the time there is no queue.
    /// </summary>
    [Theory]
    [InlineData(400_000)]
    [InlineData(1_000_000)]
    public void Bitrate_LargeLayerDoesNotFit_IsTriedEverMoreRarely(int capacity)
    {
        var estimator = new SendSideEstimator();
        var path = new Path(estimator, capacity, 0);
        var switches = new List<long>();
        var isLarge = false;
        double Source(long now)
        {
            if (isLarge != estimator.Bitrate > (isLarge ? 1_500_000 : 1_500_000 * 1.15))
            {
                isLarge = !isLarge;
                if (isLarge) switches.Add(now / 1_000_000);
            }

            return isLarge ? 1_500_000 : 200_000;
        }

        path.Run(seconds: 240, Source);

        Assert.InRange(switches.Count, 1, 10);
        Assert.True(switches.Count(at => at >= 120) <= 4, string.Join(' ', switches));
    }

    /// <summary>Layers went away for a while: nothing was numbered, and no rate is made of that time.</summary>
    [Fact]
    public void Bitrate_FeedbackAfterALongPause_IsOfWhatWasSentSince()
    {
        var estimator = new SendSideEstimator();
        var path = new Path(estimator, 20_000_000, 0);
        path.Run(seconds: 10, sourceBitsPerSecond: _ => 1_500_000);
        path.Run(seconds: 120, sourceBitsPerSecond: _ => 0);
        path.Lag = 0.5;
        path.Run(seconds: 1, sourceBitsPerSecond: _ => 1_500_000);
        Assert.True(estimator.Bitrate > 500_000, $"{estimator.Bitrate} bit/s");
    }

    [Fact]
    public void OnRemoteEstimate_AnyValue_IsKeptWithinBounds()
    {
        var estimator = new SendSideEstimator();
        estimator.OnRemoteEstimate(0);
        Assert.Equal(50_000, estimator.Bitrate);
        estimator.OnRemoteEstimate(ulong.MaxValue);
        Assert.Equal(50_000_000, estimator.Bitrate);
    }

    /// <summary>A drop-tail queue of 200 ms, a paced source, and a receiver that reports each 50 ms.</summary>
    private sealed class Path(SendSideEstimator estimator, long bitsPerSecond, long firstMicroseconds)
    {
        private const int PacketBytes = 1000;
        private const long Delay = 20_000, Queue = 200_000;

        private readonly TransportFeedbackRecorder _recorder = new();
        private readonly PriorityQueue<ushort, long> _arriving = new();
        private readonly byte[] _buffer = new byte[1200];
        private long _now = firstMicroseconds;
        private long _free;
        private double _credit;
        private double _behind;
        private long _last;

        public long BitsPerSecond { get; set; } = bitsPerSecond;

        /// <summary>Seconds by which the receiver falls further behind each second; what it is behind is made up for when this is zero.</summary>
        public double Lag { get; set; }

        public void Run(int seconds, Func<long, double> sourceBitsPerSecond)
        {
            for (var end = _now + (seconds * 1_000_000L); _now < end; _now += 1000)
            {
                _behind = Lag == 0 ? 0 : _behind + (Lag * 1000);
                _credit = Math.Min(_credit + (sourceBitsPerSecond(_now) / 8000), 5 * PacketBytes);
                for (; _credit >= PacketBytes; _credit -= PacketBytes) Send();
                while (_arriving.TryPeek(out var number, out var at) && at <= _now)
                {
                    _arriving.Dequeue();
                    _recorder.OnPacket(number, at);
                }

                if (_now % 50_000 == 0) Report();
            }
        }

        private void Send()
        {
            var number = estimator.OnSend(PacketBytes, _now);
            var start = Math.Max(_free, _now);
            if (start - _now > Queue) return;
            _free = start + (PacketBytes * 8_000_000L / BitsPerSecond);
            _last = Math.Max(_last + 1, _free + Delay + (long)_behind);
            _arriving.Enqueue(number, _last);
        }

        private void Report()
        {
            while (_recorder.HasNews)
            {
                var length = _recorder.Write(_buffer, 1, 2);
                if (length == 0) return;
                var reader = new RtcpReader(_buffer.AsSpan(0, length));
                Assert.True(reader.TryRead(out var packet));
                Assert.True(TransportFeedback.TryParse(packet, out var feedback));
                estimator.OnFeedback(feedback, _now);
            }
        }
    }
}

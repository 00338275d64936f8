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

        public long BitsPerSecond { get; set; } = bitsPerSecond;

        public void Run(int seconds, Func<long, double> sourceBitsPerSecond)
        {
            for (var end = _now + (seconds * 1_000_000L); _now < end; _now += 1000)
            {
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
            _arriving.Enqueue(number, _free + Delay);
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

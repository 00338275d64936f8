using LiveStream.Sfu.Router;
using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Tests.Router;

/// <summary>A viewer who waits for a key frame, packets of which come late or in another order.</summary>
public sealed class LateKeyFrameTests : IDisposable
{
    private const byte ParameterSet = 0x67, IdrSlice = 0x65, Delta = 0x61;
    private readonly RouterRig _rig = new();
    private readonly PublishedTrack _track;
    private readonly Subscription _video;
    private readonly RecordingSink _sink;

    public LateKeyFrameTests()
    {
        _track = _rig.Publish();
        (_video, _, _sink) = _rig.Watch();
        Send(10, 0, Delta);
    }

    [Fact]
    public void FirstPacketIsSentAgain_WhatCameBeforeItFollowsAndCanBeAskedFor()
    {
        foreach (var number in new[] { 12, 13, 14 }) Send(number, 3000, Delta);
        Assert.Empty(_sink.Packets);
        Send(11, 3000, ParameterSet, retransmitted: true);
        Send(15, 6000, Delta);
        Assert.Equal([11, 12, 13, 14, 15], Sources());
        AssertContinuous();

        TrackLifetimeTests.Nack(_video, (ushort)_sink.Packets[2].Number, _rig.Now);
        Assert.Equal([11, 12, 13, 14, 15, 13], Sources());
    }

    [Fact]
    public void PacketsOfOneTurnAreOutOfOrder_EachIsSentOnce()
    {
        foreach (var number in new[] { 12, 13 }) Send(number, 3000, Delta, forward: false);
        Send(11, 3000, ParameterSet, forward: false);
        Send(14, 3000, Delta);
        Assert.Equal([11, 12, 13, 14], Sources());
        AssertContinuous();
    }

    [Fact]
    public void ParameterSetIsLate_ItsNumberIsKeptForIt()
    {
        Send(12, 3000, IdrSlice);
        Send(13, 3000, Delta);
        Send(11, 3000, ParameterSet, retransmitted: true);
        Assert.Equal([12, 13, 11], Sources());
        Assert.Equal(_sink.Packets[0].Number - 1, _sink.Packets[2].Number);
        Assert.Equal(_sink.Packets[0].Timestamp, _sink.Packets[2].Timestamp);
    }

    [Theory]
    [InlineData(IdrSlice, false)]
    [InlineData(ParameterSet, true)]
    public void KeyFrameMissesNothing_NumbersGoOnWithoutAHole(byte first, bool missesWhatCameBefore)
    {
        Send(11, 3000, ParameterSet);
        _video.Attach(null);
        if (!missesWhatCameBefore) Send(12, 6000, Delta);
        _video.Attach(_track);
        Send(13, 9000, first);
        Assert.Equal([11, 13], Sources());
        AssertContinuous();
    }

    [Fact]
    public void FirstPacketIsMuchTooLate_TheNextKeyFrameIsAskedForAndWaitedFor()
    {
        for (var number = 12; number < 300; number++) Send(number, 3000, Delta);
        _track.Layers[0].KeyFrames.OnKeyFrame();
        Send(11, 3000, ParameterSet, retransmitted: true);
        Assert.Empty(_sink.Packets);
        Assert.True(_track.Layers[0].KeyFrames.TrySend(_rig.Now + 1_000_000));
        Send(300, 6000, ParameterSet);
        Assert.Equal([300], Sources());
    }

    [Theory]
    [InlineData("H264")]
    [InlineData("VP8")]
    public void AnyOrder_NoNumberOfAnSsrcIsUsedTwice(string codec)
    {
        var sent = 0;
        for (var seed = 0; seed < 150; seed++)
        {
            using var rig = new RouterRig();
            var random = new Random(seed);
            var track = rig.Publish(codec, "publisher", "q", "f");
            var (video, _, sink) = rig.Watch();
            var publishers = track.Layers.Select(layer => new Publisher(layer, codec, random)).ToArray();
            for (var step = 0; step < 400; step++)
            {
                rig.Now += random.Next(20_000);
                publishers[random.Next(2)].Step(rig);
                switch (random.Next(60))
                {
                    case 0: video.Attach(null); break;
                    case 1 or 2: video.Attach(track); break;
                    case 3: video.Prefer((PreferredLayer)random.Next(4)); break;
                    case 4: rig.Room.Tick(rig.Now); break;
                    case < 12 when sink.Packets.Count > 0:
                        TrackLifetimeTests.Nack(video, (ushort)sink.Packets[random.Next(sink.Packets.Count)].Number, rig.Now);
                        break;
                }
            }

            sent += sink.Packets.Count;
            foreach (var number in sink.Packets.GroupBy(packet => (packet.Ssrc, packet.Number))) Assert.True(number.Count() == 1, $"seed {seed}, {number.Key}");
        }

        Assert.True(sent > 30_000, $"{sent} packets show little.");
    }

    public void Dispose() => _rig.Dispose();

    private void Send(int number, uint timestamp, byte first, bool forward = true, bool retransmitted = false) =>
        _rig.Send(_track.Layers[0], number, timestamp, [first, (byte)(number >> 8), (byte)number], forward, retransmitted);

    private int[] Sources() => [.. _sink.Packets.Select(packet => packet.Ssrc == _video.Ssrc ? (packet.Payload[1] << 8) | packet.Payload[2] : packet.Payload[4])];

    private void AssertContinuous()
    {
        for (var i = 1; i < _sink.Packets.Count; i++) Assert.Equal(_sink.Packets[i - 1].Number + 1, _sink.Packets[i].Number);
    }

    /// <summary>Packets of one layer, some of them late, sent twice, padding only, or behind a leap.</summary>
    private sealed class Publisher(IncomingStream stream, string codec, Random random)
    {
        private readonly List<(int Number, uint Timestamp, byte[] Payload)> _late = [];
        private int _number = random.Next(1000);
        private uint _timestamp = 1;

        public void Step(RouterRig rig)
        {
            _timestamp += 3000;
            if (random.Next(200) == 0) _number += random.Next(2000);
            var (isKey, packets) = (random.Next(4) == 0, random.Next(1, 7));
            var turn = new List<(int Number, uint Timestamp, byte[] Payload)>();
            for (var i = 0; i < packets; i++) turn.Add((_number++, _timestamp, random.Next(12) == 0 ? [] : Payload(isKey, i)));
            foreach (var late in _late.ToArray())
            {
                if (random.Next(3) != 0) continue;
                turn.Add(late);
                _late.Remove(late);
            }

            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(turn));
            foreach (var packet in turn)
            {
                var chance = random.Next(10);
                if (chance == 0) _late.Add(packet);
                if (chance == 1) rig.Send(stream, packet.Number, packet.Timestamp, packet.Payload, forward: false);
                if (chance > 0) rig.Send(stream, packet.Number, packet.Timestamp, packet.Payload, forward: random.Next(3) == 0, retransmitted: chance == 2);
            }

            rig.Room.ForwardPending([stream], rig.Now);
        }

        private byte[] Payload(bool isKey, int index)
        {
            byte[] end = [(byte)_number, (byte)(_number >> 8), (byte)stream.Layer, (byte)random.Next(256)];
            // H.264: a parameter set, then slices. VP8: extended descriptor with a long picture id; the frame header says key or not.
            return codec == "H264"
                ? [isKey && index == 0 ? ParameterSet : isKey && index == 1 ? IdrSlice : Delta, .. end]
                : [index == 0 ? (byte)0x90 : (byte)0x80, 0x80, (byte)(0x80 | ((_timestamp / 3000) >> 8)), (byte)(_timestamp / 3000), isKey ? (byte)0 : (byte)1, .. end];
        }
    }
}

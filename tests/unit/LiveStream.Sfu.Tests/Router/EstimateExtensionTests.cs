namespace LiveStream.Sfu.Tests.Router;

/// <summary>When packets carry what a subscriber's feedback is made from.</summary>
public sealed class EstimateExtensionTests : IDisposable
{
    private static readonly byte[] Key = [0x67, 1, 2, 3];
    private readonly RouterRig _rig = new();

    [Fact]
    public void OneLayer_NothingToChoose_PacketsHaveNoNumbers()
    {
        var picture = _rig.Publish();
        var sound = _rig.Publish("OPUS");
        var (_, _, sink) = _rig.Watch();
        _rig.Room.Tick(_rig.Now);
        _rig.Send(picture.Layers[0], 1, 0, Key);
        _rig.Send(sound.Layers[0], 1, 0, Key);
        Assert.Equal([null, null], sink.TransportNumbers);
    }

    [Fact]
    public void Layers_ComeAndGo_PacketsOfPictureAndSoundAreNumberedMeanwhile()
    {
        var sound = _rig.Publish("OPUS");
        var (video, _, sink) = _rig.Watch();
        var picture = _rig.Publish("H264", "publisher", "q", "h");
        _rig.Room.Tick(_rig.Now);
        _rig.Send(picture.Layers[0], 1, 0, Key);
        _rig.Send(sound.Layers[0], 1, 0, Key);
        _rig.Send(picture.Layers[0], 2, 3000, Key);
        Assert.Equal([0, 1, 2], sink.TransportNumbers);

        video.Attach(null);
        _rig.Room.Tick(_rig.Now);
        _rig.Send(sound.Layers[0], 2, 960, Key);
        Assert.Null(sink.TransportNumbers[^1]);

        video.Attach(picture);
        _rig.Room.Tick(_rig.Now);
        _rig.Send(sound.Layers[0], 3, 1920, Key);
        Assert.Equal((ushort?)3, sink.TransportNumbers[^1]);
    }

    /// <summary>Chromium's own estimate is of what came before there were layers; other clients have nothing else.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public void RemoteEstimate_CountsWhereThePeerTakesNoNumbers(byte transportSequence, bool counts)
    {
        var (video, _, _) = _rig.Watch(transportSequence: transportSequence);
        var initial = video.Egress.Estimator.Bitrate;
        video.Egress.OnRemoteEstimate(100_000);
        Assert.Equal(initial, video.Egress.Estimator.Bitrate);

        _rig.Publish("H264", "publisher", "q", "h");
        _rig.Room.Tick(_rig.Now);
        video.Egress.OnRemoteEstimate(100_000);
        Assert.Equal(counts ? 100_000 : initial, video.Egress.Estimator.Bitrate);
    }

    public void Dispose() => _rig.Dispose();
}

using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Router.Bandwidth;
using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Tests.Router;

public sealed class PreferenceTests : IDisposable
{
    private static readonly byte[] Key = [0x67, 1, 2, 3], Delta = [0x61, 1, 2, 3];
    private readonly RouterRig _rig = new();

    [Fact]
    public void Prefer_NoneAndBack_PausesAndGoesOnFromAKeyFrameWithTheNextNumber()
    {
        var track = _rig.Publish();
        var (video, _, sink) = _rig.Watch();
        _rig.Send(track.Layers[0], 1, 0, Key);
        video.Prefer(PreferredLayer.None);
        _rig.Send(track.Layers[0], 2, 3000, Key);
        Assert.Single(sink.Packets);

        track.Layers[0].KeyFrames.OnKeyFrame();
        video.Prefer(PreferredLayer.High);
        _rig.Now += 1_000_000;
        Assert.True(track.Layers[0].KeyFrames.TrySend(_rig.Now));
        _rig.Send(track.Layers[0], 3, 6000, Delta);
        _rig.Send(track.Layers[0], 4, 9000, Key);
        Assert.Equal(2, sink.Packets.Count);
        Assert.Equal(sink.Packets[0].Number + 1, sink.Packets[1].Number);
    }

    [Fact]
    public void Prefer_TheSameTwice_AsksForNoKeyFrame()
    {
        var track = _rig.Publish();
        var (video, _, _) = _rig.Watch();
        _rig.Send(track.Layers[0], 1, 0, Key);
        video.Prefer(PreferredLayer.High);
        _rig.Now += 1_000_000;
        Assert.False(track.Layers[0].KeyFrames.TrySend(_rig.Now));
    }

    [Fact]
    public void Prefer_AudioOffAndOn_SendsNothingBetween()
    {
        var track = _rig.Publish("OPUS");
        var (_, audio, sink) = _rig.Watch();
        _rig.Send(track.Layers[0], 1, 0, Delta);
        audio.Prefer(PreferredLayer.None);
        _rig.Send(track.Layers[0], 2, 960, Delta);
        audio.Prefer(PreferredLayer.High);
        _rig.Send(track.Layers[0], 3, 1920, Delta);
        Assert.Equal(2, sink.Packets.Count);
    }

    [Fact]
    public void Prefer_Medium_SwitchesDownAtThatLayersKeyFrameAndStaysThere()
    {
        var track = _rig.Publish("H264", "publisher", "q", "h", "f");
        var (video, _, sink) = _rig.Watch();
        for (var layer = 0; layer < 3; layer++) _rig.Send(track.Layers[layer], 1, 0, Key);
        video.Attach(null);
        video.Attach(track);
        Frame(track, 2, Key);
        var high = sink.Packets.Count;
        Assert.Equal(2, sink.Packets[^1].Payload[1]);

        video.Prefer(PreferredLayer.Medium);
        Frame(track, 3, Delta);
        Assert.Equal(2, sink.Packets[^1].Payload[1]);
        Frame(track, 4, Key);
        Assert.Equal(1, sink.Packets[^1].Payload[1]);
        Frame(track, 5, Delta);
        Assert.Equal(1, sink.Packets[^1].Payload[1]);
        Assert.True(sink.Packets.Count > high);
    }

    [Fact]
    public void LayersChanged_OnTheWayToABetterLayer_IsNotTold()
    {
        var (track, video) = Offered();
        video.Prefer(PreferredLayer.Low);
        Frame(track, 2, Key);
        Tick(track, 3);

        video.Prefer(PreferredLayer.High);
        Tick(track, 4);
        Frame(track, 5, Key);
        for (var number = 6; number < 10; number++) Tick(track, number);
        Assert.DoesNotContain(_rig.Events, told => told.LayersChanged is not null);
    }

    [Fact]
    public void LayersChanged_LessThanAskedForForLong_IsToldOnceAndSoIsTheEndOfIt()
    {
        var (track, video) = Offered();
        video.Prefer(PreferredLayer.Low);
        Frame(track, 2, Key);
        video.Prefer(PreferredLayer.High);
        for (var number = 3; number < 8; number++) Tick(track, number);
        Frame(track, 8, Key);
        for (var number = 9; number < 12; number++) Tick(track, number);

        var told = _rig.Events.Where(e => e.LayersChanged is not null).Select(e => Assert.Single(e.LayersChanged.Layers)).ToArray();
        Assert.Equal([(LayerQuality.Low, true), (LayerQuality.High, false)], told.Select(layer => (layer.Current, layer.SubscriberDegraded)));
        Assert.All(told, layer => Assert.Equal((LayerQuality.High, false), (layer.Expected, layer.PublisherDegraded)));
    }

    [Fact]
    public void Prefer_NoneBeforeTheTrackComes_HoldsForTheTrack()
    {
        var (video, _, sink) = _rig.Watch();
        video.Prefer(PreferredLayer.None);
        var track = _rig.Publish();
        _rig.Send(track.Layers[0], 1, 0, Key);
        Assert.Empty(sink.Packets);
        _rig.Room.Tick(_rig.Now += 1_000_000);
        _rig.Send(track.Layers[0], 2, 3000, Key);
        Assert.Empty(sink.Packets);
    }

    [Theory]
    [InlineData(nameof(PreferredLayer.Low), new[] { "q", "h", "f" }, 0)]
    [InlineData(nameof(PreferredLayer.Medium), new[] { "q", "h", "f" }, 1)]
    [InlineData(nameof(PreferredLayer.High), new[] { "q", "h", "f" }, int.MaxValue)]
    [InlineData(nameof(PreferredLayer.Low), new[] { "h", "f" }, 0)]
    [InlineData(nameof(PreferredLayer.Medium), new[] { "h", "f" }, 0)]
    [InlineData(nameof(PreferredLayer.Medium), new[] { "q", "f" }, 0)]
    [InlineData(nameof(PreferredLayer.Medium), new[] { "a", "b", "c" }, 1)]
    [InlineData(nameof(PreferredLayer.Low), new[] { "" }, 0)]
    [InlineData(nameof(PreferredLayer.None), new[] { "q", "h", "f" }, -1)]
    public void HighestOf_Layers_IsTheBestUpToThePreference(string preferred, string[] rids, int highest) =>
        Assert.Equal(highest, LayerNames.HighestOf(Enum.Parse<PreferredLayer>(preferred), _rig.Publish("H264", "publisher", rids).Layers));

    [Fact]
    public void PathQuality_LossComesAndGoes_ScoreFallsAndRisesAndIsToldOnChange()
    {
        var quality = new PathQuality();
        Assert.False(quality.TryTell(20_000, out _));
        quality.OnReport(0);
        Assert.True(quality.TryTell(20_000, out var score));
        Assert.Equal(5u, score);
        Assert.False(quality.TryTell(20_000, out _));
        for (var i = 0; i < 20; i++)
        {
            quality.OnReport(128);
            quality.TryTell(20_000, out score);
        }

        Assert.Equal(1u, score);
        for (var i = 0; i < 40; i++) quality.TryTell(20_000, out score);
        Assert.Equal(5u, score);
        Assert.True(quality.TryTell(900_000, out score));
        Assert.Equal(2u, score);
    }

    public void Dispose() => _rig.Dispose();

    // A viewer of the client protocol who gets the best of two layers.
    private (PublishedTrack Track, Subscription Video) Offered()
    {
        var track = _rig.Publish("H264", "publisher", "q", "f");
        for (var layer = 0; layer < 2; layer++) _rig.Send(track.Layers[layer], 1, 0, Key);
        var (video, _, _) = _rig.Watch(offeredTrack: track.Id);
        Frame(track, 1, Key);
        return (track, video);
    }

    // A second goes by without a key frame.
    private void Tick(PublishedTrack track, int number)
    {
        _rig.Now += 1_000_000;
        Frame(track, number, Delta);
        _rig.Room.Tick(_rig.Now);
    }

    // The second octet tells the layer.
    private void Frame(PublishedTrack track, int number, byte[] payload)
    {
        for (var layer = 0; layer < track.Layers.Length; layer++)
            _rig.Send(track.Layers[layer], number, (uint)number * 3000, [payload[0], (byte)layer, 2, 3]);
    }
}

using LiveStream.Sfu.Router;
using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Tests.Router;

public sealed class SimulcastSelectorTests
{
    private static readonly (bool Active, long Bitrate)[] Layers = [(true, 150_000), (true, 500_000), (true, 1_500_000)];

    [Fact]
    public void Select_BudgetFalls_GoesDownAtOnceAndUpOnlyAfterQuiet()
    {
        var selector = new SimulcastSelector();
        Assert.Equal(2, selector.Select(Layers, -1, 5_000_000, 0));
        Assert.Equal(1, selector.Select(Layers, 2, 600_000, 250_000));
        Assert.Equal(1, selector.Select(Layers, 1, 5_000_000, 500_000));
        Assert.Equal(1, selector.Select(Layers, 1, 5_000_000, 2_400_000));
        Assert.Equal(2, selector.Select(Layers, 1, 5_000_000, 2_500_000));
    }

    [Fact]
    public void Select_BudgetFlickers_StaysDown()
    {
        var selector = new SimulcastSelector();
        for (var now = 0; now < 20_000_000; now += 250_000)
            Assert.Equal(1, selector.Select(Layers, 1, now % 1_000_000 == 0 ? 600_000 : 5_000_000, now));
    }

    [Fact]
    public void Select_UpgradeWantsHeadRoom_StayingDoesNot()
    {
        var selector = new SimulcastSelector();
        Assert.Equal(2, selector.Select(Layers, 2, 1_500_000, 0));
        for (var now = 0; now < 10_000_000; now += 250_000) Assert.Equal(1, selector.Select(Layers, 1, 1_500_000, now));
    }

    [Fact]
    public void Select_PathCarriesNothing_LowestIsStillSent() =>
        Assert.Equal(0, new SimulcastSelector().Select(Layers, 2, -100_000, 0));

    [Fact]
    public void Select_PublisherSwitchesTheLayerOff_TakesAnotherAtOnce()
    {
        (bool, long)[] layers = [(true, 150_000), (true, 500_000), (false, 0)];
        Assert.Equal(1, new SimulcastSelector().Select(layers, 2, 5_000_000, 0));
        layers = [(false, 0), (false, 0), (true, 1_500_000)];
        Assert.Equal(2, new SimulcastSelector().Select(layers, 0, 5_000_000, 0));
        Assert.Equal(-1, new SimulcastSelector().Select([(false, 0)], 0, 5_000_000, 0));
    }

    [Fact]
    public void Select_MaximumLayer_IsNotExceeded()
    {
        Assert.Equal(1, new SimulcastSelector { MaximumLayer = 1 }.Select(Layers, 2, 50_000_000, 0));
        Assert.Equal(-1, new SimulcastSelector { MaximumLayer = -1 }.Select(Layers, 2, 50_000_000, 0));
    }

    [Fact]
    public void AudioActivity_VoiceThenSilence_RisesFastAndDecays()
    {
        var activity = new AudioActivity();
        for (var i = 0; i < 20; i++) activity.OnPacket(0x80 | 10);
        Assert.InRange(activity.Level, 80u, 100u);
        for (var i = 0; i < 100; i++) activity.OnPacket(127);
        Assert.InRange(activity.Level, 0u, 2u);
        for (var i = 0; i < 20; i++) activity.OnPacket(0);
        for (var i = 0; i < 20; i++) activity.Decay();
        Assert.Equal(0u, activity.Level);
    }
}

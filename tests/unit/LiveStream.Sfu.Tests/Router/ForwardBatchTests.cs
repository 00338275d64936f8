using LiveStream.Sfu.Router;

namespace LiveStream.Sfu.Tests.Router;

/// <summary>How long packets wait for the rest of their frame.</summary>
public sealed class ForwardBatchTests : IDisposable
{
    private const int Large = 16;
    private const long Arrived = 5_000_000;

    private readonly RouterRig _rig = new();
    private readonly ForwardBatch _batch = new();

    [Fact]
    public void LargeRoom_FrameBegins_WaitsFromItsArrivalHoweverLateItIsSeen()
    {
        var picture = Begin(Large);
        Add(picture, 1, endsFrame: false, Arrived);
        Assert.Equal(Arrived + ForwardBatch.MaximumWaitMicroseconds, _batch.DueAt(Arrived + 2_000));
        Add(picture, 2, endsFrame: false, Arrived + 1_500);
        Assert.Equal(Arrived + ForwardBatch.MaximumWaitMicroseconds, _batch.DueAt(Arrived + 2_000));
    }

    [Fact]
    public void LargeRoom_FrameIsComplete_LeavesAtOnce()
    {
        var picture = Begin(Large);
        Add(picture, 1, endsFrame: false, Arrived);
        Add(picture, 2, endsFrame: true, Arrived + 100);
        Assert.Equal(Arrived + 200, _batch.DueAt(Arrived + 200));
    }

    [Fact]
    public void SmallRoom_NothingWaits()
    {
        Add(Begin(Large - 1), 1, endsFrame: false, Arrived);
        Assert.Equal(Arrived + 200, _batch.DueAt(Arrived + 200));
    }

    public void Dispose() => _rig.Dispose();

    private IncomingStream Begin(int viewers)
    {
        for (var i = 0; i < viewers; i++) _rig.Watch();
        return _rig.Publish().Layers[0];
    }

    private void Add(IncomingStream stream, int sequenceNumber, bool endsFrame, long arrivedAt)
    {
        Assert.True(_rig.Send(stream, sequenceNumber, 0, [0x67, 1, 2, 3], forward: false));
        _batch.Add(_rig.Room, stream, endsFrame, arrivedAt);
    }
}

using LiveStream.Sfu.Workers;

namespace LiveStream.Sfu.Tests.Workers;

/// <summary>When a worker sleeps although something may arrive.</summary>
public sealed class TurnPaceTests
{
    private const long Began = 1_000_000, Due = Began + 2_750, Nothing = long.MaxValue;

    private readonly TurnPace _pace = new();

    [Theory]
    [InlineData(TurnPace.ManyTransports - 1, 0)]
    [InlineData(TurnPace.ManyTransports, TurnPace.ReportMicroseconds)]
    public void Received_NextTurnIsSpacedWhereThereAreMany(int transports, long pause)
    {
        _pace.AfterTurn(Began, Nothing, holdsFrame: false, received: true, transports);
        Assert.Equal(pause, _pace.PauseAt(Began));
        Assert.Equal(Math.Max(0, pause - 400), _pace.PauseAt(Began + 400));
        Assert.Equal(0, _pace.PauseAt(Began + 5_000));
    }

    [Fact]
    public void NothingReceived_WaitsForWhatComes()
    {
        Turn(Began, Nothing, holdsFrame: false);
        _pace.AfterTurn(Began + 1_000, Nothing, holdsFrame: false, received: false, TurnPace.ManyTransports);
        Assert.Equal(0, _pace.PauseAt(Began + 1_000));
    }

    [Fact]
    public void FrameIsHeld_LooksOnceForItsRestAndThenSleepsUntilItIsDue()
    {
        Turn(Began, Due, holdsFrame: true);
        Assert.Equal(TurnPace.FrameMicroseconds, _pace.PauseAt(Began));
        Turn(Began + 1_000, Due, holdsFrame: true);
        Assert.Equal(Due - Began - 1_000, _pace.PauseAt(Began + 1_000));
        // It has left, and the next one begins.
        Turn(Due, Nothing, holdsFrame: false);
        Turn(Due + 1_000, Due + 3_750, holdsFrame: true);
        Assert.Equal(TurnPace.FrameMicroseconds, _pace.PauseAt(Due + 1_000));
    }

    [Fact]
    public void SoundIsHeld_SleepsUntilItIsDue()
    {
        Turn(Began, Due, holdsFrame: false);
        Assert.Equal(Due - Began, _pace.PauseAt(Began));
    }

    [Fact]
    public void HeldIsDueSooner_SleepsNoLonger()
    {
        Turn(Began, Began + 300, holdsFrame: true);
        Assert.Equal(300, _pace.PauseAt(Began));
    }

    private void Turn(long beganAt, long forwardDue, bool holdsFrame) =>
        _pace.AfterTurn(beganAt, forwardDue, holdsFrame, received: true, TurnPace.ManyTransports);
}

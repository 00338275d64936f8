using LiveStream.Contracts.Sfu.V1;
using LiveStream.HlsPackager.Ingest;

namespace LiveStream.HlsPackager.Tests.Ingest;

public sealed class StageSelectionTests
{
    [Fact]
    public void Choose_CameraThenScreen_PrefersTheScreen()
    {
        var selection = new StageSelection([]);
        selection.Publish(Tracks.Video("camera", "ann"));
        Assert.Equal("camera", selection.Choose().Video?.TrackId);

        selection.Publish(Tracks.Video("screen", "bob", TrackSource.Screen));
        Assert.Equal("screen", selection.Choose().Video?.TrackId);

        selection.Unpublish("screen");
        Assert.Equal("camera", selection.Choose().Video?.TrackId);
    }

    [Fact]
    public void Choose_SeveralAudios_TakesThatOfTheShownPeer()
    {
        var selection = new StageSelection([]);
        selection.Publish(Tracks.Audio("bob-mic", "bob"));
        selection.Publish(Tracks.Video("camera", "ann"));
        Assert.Equal("bob-mic", selection.Choose().Audio?.TrackId);

        selection.Publish(Tracks.Audio("ann-mic", "ann"));
        Assert.Equal("ann-mic", selection.Choose().Audio?.TrackId);
    }

    [Fact]
    public void Choose_OtherRole_IsNotShown()
    {
        var selection = new StageSelection(["broadcaster"]);
        var guest = Tracks.Video("camera", "ann");
        guest.Role = "guest";
        selection.Publish(guest);

        Assert.Equal(new StageChoice(null, null, StageSelection.NobodyPublishes), selection.Choose());
    }

    [Fact]
    public void Choose_OnlyVp8_SaysWhyThereIsNoVideo()
    {
        var selection = new StageSelection([]);
        var track = Tracks.Video("camera", "ann");
        track.Codec.Name = "VP8";
        selection.Publish(track);

        var choice = selection.Choose();
        Assert.Null(choice.Video);
        Assert.Contains("VP8", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DropUntold_TrackThatIsNotToldAgain_IsGone()
    {
        var selection = new StageSelection([]);
        selection.Publish(Tracks.Video("first", "ann"));
        selection.Publish(Tracks.Video("second", "bob"));
        selection.BeginTelling();
        selection.Publish(Tracks.Video("second", "bob"));
        Assert.Equal("first", selection.Choose().Video?.TrackId);

        selection.DropUntold();
        Assert.Equal("second", selection.Choose().Video?.TrackId);
    }
}

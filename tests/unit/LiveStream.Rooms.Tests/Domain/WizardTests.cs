using System.Text.Json;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Templates.Reading;

namespace LiveStream.Rooms.Tests.Domain;

public sealed class WizardTests
{
    public static TheoryData<BroadcastSource, PictureOrientation?, bool, bool, RecordingFormat> AllAnswers()
    {
        var data = new TheoryData<BroadcastSource, PictureOrientation?, bool, bool, RecordingFormat>();
        foreach (var source in Enum.GetValues<BroadcastSource>())
        foreach (var orientation in new PictureOrientation?[] { null, PictureOrientation.Landscape, PictureOrientation.Portrait })
        foreach (var invite in new[] { false, true })
        foreach (var record in new[] { false, true })
        foreach (var format in Enum.GetValues<RecordingFormat>())
            data.Add(source, orientation, invite, record, format);
        return data;
    }

    [Theory]
    [MemberData(nameof(AllAnswers))]
    public void Create_AnyAnswers_GivesADocumentThatTheServerItselfAccepts(
        BroadcastSource source, PictureOrientation? orientation, bool invite, bool record, RecordingFormat format)
    {
        var choices = new WizardChoices { Source = source, Orientation = orientation, InviteViewersToStage = invite, Record = record, Format = format };

        var document = StarterTemplate.Create(choices);

        var json = JsonSerializer.SerializeToUtf8Bytes(document, DomainJson.Default.TemplateDocument);
        Assert.Empty(TemplateReader.ReadReplacement(json).Errors);
        Assert.Equal(invite, document.Roles.ContainsKey(StarterTemplate.ViewerOnStage));
        Assert.All(document.Roles.Values, role => Assert.All(role.SubscribeParams.SubscribeToRoles, name => Assert.Contains(name, document.Roles.Keys)));
        var hls = document.Destinations.HlsDestinations["default"];
        Assert.Equal(record, hls.Recording is not null);
        if (record) Assert.Equal((format == RecordingFormat.Vod, format == RecordingFormat.Mp4), (hls.Recording!.HlsVod, hls.Recording.SingleFilePerLayer));
        Assert.All(hls.Layers, layer => Assert.Equal(choices.IsPortrait, layer.Height > layer.Width));
        Assert.All(document.Roles.Values, role => Assert.Equal(choices.IsPortrait, role.PublishParams.Video.Height > role.PublishParams.Video.Width));
    }

    [Theory]
    [InlineData(BroadcastSource.Browser, null, false)]
    [InlineData(BroadcastSource.Rtmp, null, false)]
    [InlineData(BroadcastSource.Mobile, null, true)]
    [InlineData(BroadcastSource.Mobile, PictureOrientation.Landscape, false)]
    [InlineData(BroadcastSource.Browser, PictureOrientation.Portrait, true)]
    public void IsPortrait_TheSourceDecidesUnlessTheOrientationIsGiven(BroadcastSource source, PictureOrientation? orientation, bool portrait) =>
        Assert.Equal(portrait, new WizardChoices { Source = source, Orientation = orientation }.IsPortrait);

    [Fact]
    public void Create_PortraitBroadcaster_HasLayersWithWholeEvenSides()
    {
        var publish = StarterTemplate.Create(new WizardChoices { Source = BroadcastSource.Mobile }).Roles[StarterTemplate.Broadcaster].PublishParams;

        Assert.All(publish.Simulcast!.Video.Layers!, layer =>
        {
            Assert.Equal(0, publish.Video.Width / layer.ScaleResolutionDownBy % 2);
            Assert.Equal(0, publish.Video.Height / layer.ScaleResolutionDownBy % 2);
        });
        Assert.Equal(9.0 / 16, (double)publish.Video.Width / publish.Video.Height);
    }

    [Fact]
    public void Conferencing_IsValidAndStreamsNothing()
    {
        var document = ConferencingTemplate.Create();

        Assert.Empty(TemplateReader.ReadReplacement(JsonSerializer.SerializeToUtf8Bytes(document, DomainJson.Default.TemplateDocument)).Errors);
        Assert.Empty(document.Destinations.HlsDestinations);
        Assert.All(document.Roles.Values, role => Assert.Equal([ConferencingTemplate.Host, ConferencingTemplate.Guest], role.SubscribeParams.SubscribeToRoles));
        Assert.False(document.Roles[ConferencingTemplate.Guest].Permissions.ChangeRole);
    }
}

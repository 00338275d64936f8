using System.Text;
using System.Text.Json;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Templates;
using LiveStream.Rooms.Templates.Reading;

namespace LiveStream.Rooms.Tests.Templates;

public sealed class TemplateEditsTests
{
    private static readonly TemplateDocument s_document = DocumentOf(
        "{\"roles\":" + TemplateSamples.Roles + ",\"settings\":" + TemplateSamples.Settings
        + ",\"destinations\":" + TemplateSamples.Destinations + ",\"plugins\":" + TemplateSamples.Plugins + "}") with
    {
        Recordings = TemplateReader.ReadRecordings(Encoding.UTF8.GetBytes(TemplateSamples.Recordings)).Value!,
    };

    [Fact]
    public void SetRole_PartOfARole_KeepsTheRest()
    {
        var role = Edited("""{"priority":3}""", "anchor").Roles["anchor"];

        Assert.Equal(3, role.Priority);
        Assert.Equal(900, role.PublishParams.Video.BitRate);
        Assert.True(role.Permissions.EndRoom);
    }

    [Fact]
    public void SetRole_NewRole_IsAddedWithDefaults()
    {
        var document = Edited("""{"maxPeerCount":2}""", "panel");

        Assert.Equal(3, document.Roles.Count);
        Assert.Equal((2, 256), (document.Roles["panel"].MaxPeerCount, document.Roles["panel"].PublishParams.Video.BitRate));
        Assert.Equal(2, s_document.Roles.Count);
    }

    [Fact]
    public void SetRole_OtherNameInTheBody_RenamesWhateverNamesIt()
    {
        var document = Edited("""{"name":"host"}""", "anchor");

        Assert.Equal(["audience", "host"], document.Roles.Keys.Order());
        Assert.Equal("host", document.Roles["host"].Name);
        Assert.Equal(["host", "panel"], document.Roles["host"].SubscribeParams.SubscribeToRoles);
        Assert.Equal("host", document.Destinations.BrowserRecordings["rec"].Role);
        Assert.Equal("host", document.Destinations.Transcriptions["text"].Role);
        Assert.Equal("de", document.Destinations.Transcriptions["text"].Translation!.RoleLanguages["host"]);
        Assert.Equal("host", document.Recordings[0].Role);
        Assert.Equal(["host"], document.Plugins!.Whiteboard!.Permissions.Admin);
        Assert.Equal(["audience"], document.Plugins.Whiteboard.Permissions.Reader);
        Assert.DoesNotContain("anchor", JsonSerializer.Serialize(document, DomainJson.Default.TemplateDocument), StringComparison.Ordinal);
    }

    [Fact]
    public void RemoveRole_LeavesTheOthersAsTheyAre()
    {
        var document = TemplateEdits.RemoveRole(s_document, "anchor");

        Assert.Equal(["audience"], document.Roles.Keys);
        Assert.Contains("anchor", s_document.Roles.Keys);
    }

    [Fact]
    public void SetSettings_OnlyTheRegion_KeepsTheBucket()
    {
        var settings = Settings(s_document, """{"region":"us"}""", out var errors);

        Assert.Empty(errors);
        Assert.Equal(("us", "SK1", 25), (settings.Region, settings.Recording!.Upload!.Credentials!.SecretKey, settings.RoomState.MessageInterval));
    }

    [Fact]
    public void SetSettings_NullRecording_RemovesTheBucket() =>
        Assert.Null(Settings(s_document, """{"recording":null}""", out _).Recording);

    [Fact]
    public void SetSettings_WhatAReplyShowed_KeepsTheSecret()
    {
        var shown = JsonSerializer.Serialize(s_document.Settings.Masked(), DomainJson.Default.TemplateSettings);
        Assert.DoesNotContain("SK1", shown, StringComparison.Ordinal);

        var settings = Settings(s_document, shown, out var errors);

        Assert.Empty(errors);
        Assert.Equal("SK1", settings.Recording!.Upload!.Credentials!.SecretKey);
    }

    [Fact]
    public void SetSettings_MaskUnderAnotherKey_IsNoSecret()
    {
        var shown = JsonSerializer.Serialize(s_document.Settings.Masked(), DomainJson.Default.TemplateSettings).Replace("AK1", "AK2", StringComparison.Ordinal);

        Settings(s_document, shown, out var errors);

        Assert.Equal(["settings.recording.upload.credentials.secretKey: is only the mask of a secret"], errors);
    }

    [Fact]
    public void SetDestinations_OneKind_KeepsTheOthers()
    {
        var destinations = Destinations(s_document, """{"hlsDestinations":{"second":{}},"rtmpDestinations":null}""", out var errors);

        Assert.Empty(errors);
        Assert.Equal(["second"], destinations.HlsDestinations.Keys);
        Assert.Empty(destinations.RtmpDestinations);
        Assert.Equal(["rec"], destinations.BrowserRecordings.Keys);
    }

    [Fact]
    public void Replace_IsTheWholeObjectButForRecordings()
    {
        var errors = new FieldErrors();
        var document = TemplateEdits.Replace(s_document, TemplateReader.ReadReplacement("""{"roles":{"a":{}},"settings":{}}"""u8.ToArray()).Value!, errors);

        Assert.False(errors.Any);
        Assert.Equal(["a"], document.Roles.Keys);
        Assert.Equal(("auto", null), (document.Settings.Region, document.Settings.Recording));
        Assert.Empty(document.Destinations.HlsDestinations);
        Assert.Null(document.Plugins);
        Assert.Single(document.Recordings);
    }

    [Fact]
    public void SetRole_OneMoreThanATemplateTakes_IsRefused()
    {
        var full = s_document with { Roles = Enumerable.Range(0, RoleReader.MaxRoles).ToDictionary(i => $"r{i}", i => new Role { Name = $"r{i}" }) };
        var errors = new FieldErrors();

        TemplateEdits.SetRole(full, "another", TemplateReader.ReadRole("{}"u8.ToArray()).Value!, errors);

        Assert.Equal(["roles: must have at most 100 entries"], errors.Texts);
    }

    [Theory]
    [InlineData("""[{"name":"n","role":"anchor","compositeRecording":{"browserComposite":{"autoStart":true}}}]""", true)]
    [InlineData("""[{"name":"n","role":"anchor","compositeRecording":{"browserComposite":{}}}]""", false)]
    [InlineData("[]", false)]
    public void AutoStartsRecording_FollowsTheComposite(string recordings, bool starts) =>
        Assert.Equal(starts, (s_document with { Recordings = TemplateReader.ReadRecordings(Encoding.UTF8.GetBytes(recordings)).Value! }).AutoStartsRecording);

    [Fact]
    public void Between_TwoDocuments_NamesWhatChangedAndWhatIsGone()
    {
        var after = TemplateEdits.RemoveRole(Edited("{}", "panel"), "audience");

        var changes = RoleChanges.Between(s_document, after);

        Assert.Equal(["panel"], changes.Changed);
        Assert.Equal(["audience"], changes.Removed);
    }

    private static TemplateDocument DocumentOf(string json)
    {
        var errors = new FieldErrors();
        var document = TemplateEdits.New(TemplateReader.ReadNew(Encoding.UTF8.GetBytes(json)).Value!, errors);
        Assert.Empty(errors.Texts);
        return document;
    }

    private static TemplateDocument Edited(string role, string name)
    {
        var errors = new FieldErrors();
        var document = TemplateEdits.SetRole(s_document, name, TemplateReader.ReadRole(Encoding.UTF8.GetBytes(role)).Value!, errors);
        Assert.Empty(errors.Texts);
        return document;
    }

    private static TemplateSettings Settings(TemplateDocument document, string json, out IReadOnlyList<string> errors)
    {
        var found = new FieldErrors();
        var settings = TemplateEdits.SetSettings(document, TemplateReader.ReadSettings(Encoding.UTF8.GetBytes(json)).Value!, found).Settings;
        errors = found.Texts;
        return settings;
    }

    private static Destinations Destinations(TemplateDocument document, string json, out IReadOnlyList<string> errors)
    {
        var found = new FieldErrors();
        var destinations = TemplateEdits.SetDestinations(document, TemplateReader.ReadDestinations(Encoding.UTF8.GetBytes(json)).Value!, found).Destinations;
        errors = found.Texts;
        return destinations;
    }
}

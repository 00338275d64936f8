using System.Globalization;
using System.Text.Json.Nodes;
using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>
/// The unmodified web SDK with media: a broadcaster is seen and heard, and roles move people between the stage, the real-time
/// audience and the broadcast audience, and their media with them.
/// </summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebSdkStageTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const string Frames = "name => app.media.frames(app.state().peers.find(p => p.name === name)?.video?.id)";

    private readonly List<string> _late = [];

    [Theory]
    [InlineData("0.14.7", "0.15.2", Form.AsTheRunSays)]
    [InlineData("0.15.2", "0.14.7", Form.SixServices)]
    public async Task Roles_MovePeopleBetweenStageAndAudiences_AndTheirMedia(string release, string other, Form form)
    {
        var figures = new Figures(output, $"web SDK {release} on stage{(form == Form.SixServices ? ", six services" : "")}");
        await using var show = await SdkShow.StartAsync(browser, output, form);
        var asha = await show.JoinAsync("Asha", SdkShow.Broadcaster, release);
        var rita = await show.JoinAsync("Rita", SdkShow.RealTime, other);
        var hal = await show.JoinAsync("Hal", SdkShow.Hls, release);

        await UntilSeenAsync(rita, "Asha");
        await UntilHeardAsync(rita, "Asha");
        await rita.UntilAsync("the speaker", "() => Object.values(app.state().speakers ?? {}).some(s => s.audioLevel > 0)");
        Assert.Equal(0, await hal.ConnectionsMadeAsync());
        await CheckOwnMuteAsync(asha, rita);

        // By force: from the broadcast audience to the stage.
        var (halId, ritaId) = (await asha.PeerIdAsync("Hal"), await asha.PeerIdAsync("Rita"));
        var asked = await NowAsync(asha);
        await asha.DoAsync("id => app.actions.changeRoleOfPeer(id, 'viewer-on-stage', true)", halId);
        await Task.WhenAll(UntilSeenAsync(rita, "Hal"), UntilSeenAsync(asha, "Hal"), UntilSeenAsync(hal, "Asha"));
        Within(figures, "forced on stage, seen by the audience", await FirstFrameAsync(rita, "Hal") - asked);
        Within(figures, "forced on stage, sees the stage", await FirstFrameAsync(hal, "Asha") - asked);
        await CheckMutesByOthersAsync(asha, rita, hal);

        // By a server: back to the broadcast audience, where no media is sent or received.
        asked = await NowAsync(asha);
        await show.Product.PostRestAsync($"/v2/active-rooms/{show.Product.Workspace.RoomId}/peers/{halId}", new JsonObject { ["role"] = SdkShow.Hls });
        await Task.WhenAll(UntilUnseenAsync(rita, "Hal"), UntilUnseenAsync(asha, "Hal"), UntilUnseenAsync(hal, "Asha"));
        Within(figures, "off stage by REST, gone", await NowAsync(asha) - asked);

        // By invitation: from the real-time audience to the stage.
        await asha.DoAsync("id => app.actions.changeRoleOfPeer(id, 'viewer-on-stage', false)", ritaId);
        await rita.UntilAsync("the invitation", "() => app.invitation()?.role.name === 'viewer-on-stage'");
        asked = await NowAsync(asha);
        await rita.DoAsync("() => app.actions.acceptChangeRole(app.invitation())");
        await UntilSeenAsync(asha, "Rita");
        Within(figures, "invited on stage, seen by the stage", await FirstFrameAsync(asha, "Rita") - asked);

        // In bulk: back again, and what the audience receives goes on.
        asked = await NowAsync(asha);
        await asha.DoAsync("() => app.actions.changeRoleOfPeersWithRoles(['viewer-on-stage'], 'viewer-realtime')");
        await UntilUnseenAsync(asha, "Rita");
        Within(figures, "off stage in bulk, gone", await NowAsync(asha) - asked);
        await UntilMoreFramesAsync(rita, "Asha");

        await asha.DoAsync("() => app.actions.leave()");
        await rita.UntilMissesAsync("Asha");
        Assert.Empty(_late);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Hls_IsStartedAndStoppedByTheStage_AndCarriesMetadata(Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        var hal = await show.JoinAsync("Hal", SdkShow.Hls, "0.14.7");
        var asha = await show.JoinAsync("Asha", SdkShow.Broadcaster, "0.15.2");
        Assert.Equal(403, (await hal.RefusedAsync("() => app.actions.startHLSStreaming()")).Code);

        // As soon as it has joined, when nothing is published yet.
        await asha.DoAsync("() => app.actions.startHLSStreaming()");
        await hal.UntilAsync("the stream", "() => app.state().hls.running && !!app.state().hls.variants[0]?.url", timeout: Limits.GoLiveToPlaying * 2);
        var url = new Uri(await hal.AskAsync<string>("() => app.state().hls.variants[0].url"));
        Assert.Contains("#EXT-X-STREAM-INF", await show.Product.Http.GetStringAsync(url), StringComparison.Ordinal);

        await asha.DoAsync("() => app.actions.sendHLSTimedMetadata([{ payload: 'goal', duration: 5 }])");
        await asha.DoAsync("() => app.actions.stopHLSStreaming()");
        await hal.UntilAsync("the end", "() => !app.state().hls.running");
        Assert.Equal(404, (await asha.RefusedAsync("() => app.actions.stopHLSStreaming()")).Code);

        // Not there, and not shown as running either.
        Assert.Equal(405, (await asha.RefusedAsync("() => app.actions.startRTMPOrRecording({ record: true })")).Code);
        Assert.False(await asha.AskAsync<bool>("() => !!app.state().recording?.browser?.running"));
    }

    private static async Task CheckOwnMuteAsync(SdkTab asha, SdkTab rita)
    {
        await asha.DoAsync("() => app.actions.setLocalVideoEnabled(false)");
        await rita.UntilAsync("the picture turned off", "() => app.state().peers.find(p => p.name === 'Asha').video?.enabled === false");
        await asha.DoAsync("() => app.actions.setLocalVideoEnabled(true)");
        await rita.UntilAsync("the picture turned on", "() => app.state().peers.find(p => p.name === 'Asha').video?.enabled === true");
        await UntilMoreFramesAsync(rita, "Asha");
    }

    private static async Task CheckMutesByOthersAsync(SdkTab asha, SdkTab rita, SdkTab hal)
    {
        const string Audio = "on => app.state().peers.find(p => p.name === 'Hal').audio?.enabled === on";
        // Muted at once; asked before unmuting.
        await asha.UntilAsync("Hal's sound", Audio, true);
        await asha.DoAsync("() => app.actions.setRemoteTrackEnabled(app.state().peers.find(p => p.name === 'Hal').audio.id, false)");
        await Task.WhenAll(new[] { hal, rita, asha }.Select(tab => tab.UntilAsync("Hal muted", Audio, false)));
        await asha.DoAsync("() => app.actions.setRemoteTrackEnabled(app.state().peers.find(p => p.name === 'Hal').audio.id, true)");
        await hal.UntilAsync("the request to unmute", "() => app.count('CHANGE_TRACK_STATE_REQUEST', n => n.data.enabled) > 0");
        await hal.DoAsync("() => app.actions.setLocalAudioEnabled(true)");
        await Task.WhenAll(rita.UntilAsync("Hal unmuted", Audio, true), UntilHeardAsync(rita, "Hal"));

        // All of a role at once.
        await asha.DoAsync("() => app.actions.setRemoteTracksEnabled({ enabled: false, roles: ['viewer-on-stage'], type: 'audio' })");
        await Task.WhenAll(new[] { hal, rita }.Select(tab => tab.UntilAsync("all muted", Audio, false)));
        Assert.True(await asha.AskAsync<bool>("() => app.state().peers.find(p => p.isLocal).audio.enabled"));
        Assert.Equal(403, (await hal.RefusedAsync(
            "() => app.actions.setRemoteTrackEnabled(app.state().peers.find(p => p.name === 'Asha').audio.id, false)")).Code);
    }

    private static Task UntilSeenAsync(SdkTab tab, string name) =>
        tab.UntilAsync($"seeing {name}", $"name => ({Frames})(name) >= 3", name, Limits.Patience * 2);

    private static async Task UntilMoreFramesAsync(SdkTab tab, string name)
    {
        var before = await tab.AskAsync<int>(Frames, name);
        await tab.UntilAsync($"more pictures of {name}", $"([name, n]) => ({Frames})(name) > n + 5", new object[] { name, before }, Limits.Patience * 2);
    }

    private static Task UntilUnseenAsync(SdkTab tab, string name) => tab.UntilAsync(
        $"{name} gone from the screen", "name => { const p = app.state().peers.find(p => p.name === name); return !p.video && !p.audio; }", name);

    private static Task UntilHeardAsync(SdkTab tab, string name) => tab.UntilAsync(
        $"hearing {name}", "name => app.media.peak(app.state().peers.find(p => p.name === name)?.audio?.id) > 0.005", name, Limits.Patience * 2);

    private static Task<double> NowAsync(SdkTab tab) => tab.AskAsync<double>("() => Date.now()");

    private static Task<double> FirstFrameAsync(SdkTab tab, string name) =>
        tab.AskAsync<double>("name => app.media.seen().videos[app.state().peers.find(p => p.name === name).video.id].first", name);

    // Every figure is measured before one that is too long fails the scenario.
    private void Within(Figures figures, string what, double milliseconds)
    {
        figures.Print(what, TimeSpan.FromMilliseconds(milliseconds));
        if (milliseconds < 0 || milliseconds > Limits.RoleChange.TotalMilliseconds) _late.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {milliseconds:F0} ms"));
    }
}

using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.HarnessTests;

[Collection(SharedBrowser.Collection)]
public sealed class BrowserTests(SharedBrowser browser, ITestOutputHelper output)
{
    // Two connections of one page with each other, the camera being Chromium's fake one.
    private const string Loopback = """
        async () => {
          const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
          const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
          from.onicecandidate = (e) => e.candidate && to.addIceCandidate(e.candidate);
          to.onicecandidate = (e) => e.candidate && from.addIceCandidate(e.candidate);
          // Sound is decoded only as far as somebody listens.
          to.ontrack = (e) => { const sink = new Audio(); sink.srcObject = e.streams[0]; sink.play(); };
          for (const track of stream.getTracks()) from.addTrack(track, stream);
          await from.setLocalDescription();
          await to.setRemoteDescription(from.localDescription);
          await to.setLocalDescription();
          await from.setRemoteDescription(to.localDescription);
        }
        """;

    [Fact]
    public async Task Rtc_TwoConnectionsOfOnePage_CountsFramesAndSound()
    {
        await using var tab = await browser.JoinAsync("tab", output);
        // A page without content on an origin that may use the camera.
        await tab.Page.RouteAsync("**/*", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html>" }));
        await tab.Page.GotoAsync("http://localhost:1/");

        await tab.Page.EvaluateAsync(Loopback);
        await tab.WaitForFramesAsync(20);

        await tab.WaitForAsync("hearing", "async () => (await rtcProbe()).audioSamples > 0");
        var figures = await tab.RtcAsync();
        Assert.Equal(2, figures.Connections);
        Assert.Contains("udp", figures.Protocols);
    }

    [Fact]
    public async Task Crash_OneTab_LeavesTheOthers()
    {
        await using var victim = await browser.JoinAsync("victim", output);
        await using var other = await browser.JoinAsync("other", output);
        await victim.Page.GotoAsync("data:text/html,x");
        await other.Page.GotoAsync("data:text/html,y");

        await victim.CrashAsync();

        Assert.Equal("y", await other.Page.EvaluateAsync<string>("document.body.innerText"));
    }
}

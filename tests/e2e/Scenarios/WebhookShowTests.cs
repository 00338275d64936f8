using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.E2E.Tests.Harness;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>
/// A show in real browsers as somebody else's server hears of it: every signature is checked by the official package, every body
/// against its schema; and the zip that is announced is what was shown. Recordings are in a bucket.
/// </summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebhookShowTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const double Segment = 2.5;
    private const string Recorded = "hls.recording.success", Closed = "session.close.success";

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Show_IsToldInOrderAndItsZipPlays(Form form)
    {
        var figures = new Figures(output, form == Form.SixServices ? "show with webhooks, six services" : "show with webhooks");
        // The six services that scenarios share have a bucket, and may call receivers here.
        await using var bucket = form == Form.SixServices ? null : await Bucket.StartAsync("shows");
        await using var show = bucket is null ? await SdkShow.StartAsync(browser, output, form) : await SdkShow.StartAsync(browser, output, form, bucket.Settings);
        var product = show.Product;
        await using var receiver = ScriptPeer.StartNode(
            output, "standardwebhooks", "receiver.mjs", [$"http://127.0.0.1:{product.Address.Port}"], ("MANAGEMENT_TOKEN", product.Tokens.Management()));
        await receiver.WaitForAsync("ready");

        var asha = await show.JoinAsync("Asha", SdkShow.Broadcaster, "0.15.2");
        var hal = await show.JoinAsync("Hal", SdkShow.Hls, "0.14.7");
        await asha.DoAsync("() => app.actions.startHLSStreaming()");
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await product.WaitUntilRunningAsync();
        var halId = await asha.PeerIdAsync("Hal");
        await asha.DoAsync("id => app.actions.changeRoleOfPeer(id, 'viewer-on-stage', true)", halId);
        await asha.UntilSeesAsync("Hal", SdkShow.Guest);
        await product.PostRestAsync($"/v2/active-rooms/{product.Workspace.RoomId}/peers/{halId}", new JsonObject { ["role"] = SdkShow.Hls });
        await asha.UntilSeesAsync("Hal", SdkShow.Hls);
        await recorder.WaitForSegmentsAsync(4, TimeSpan.FromSeconds(90));
        await asha.DoAsync("() => app.actions.stopHLSStreaming()");
        await recorder.WaitForEndAsync(Limits.Patience);
        var shown = recorder.Segments(recorder.Video).Sum(segment => segment.Duration);
        await product.PostRestAsync($"/v2/active-rooms/{product.Workspace.RoomId}/end-room", new JsonObject { ["reason"] = "over", ["lock"] = false });

        var told = await ReadAsync(receiver, product.Workspace.RoomId);
        foreach (var one in told) figures.Print(one.Type, one.Refused ? "refused once" : "taken");
        CheckWhatWasTold(told, asha, halId);
        await CheckChangesAreNoticedAsync(receiver);
        await CheckZipAsync(figures, product, told.Last(one => one.Type == Recorded).Data, shown);
    }

    // Everything, up to the recording and the end of the session, whichever comes last.
    private static async Task<List<Told>> ReadAsync(ScriptPeer receiver, string room)
    {
        var told = new List<Told>();
        while (new[] { Recorded, Closed }.Any(type => !told.Exists(one => one.Type == type && !one.Refused)))
        {
            var line = await receiver.WaitForAsync("webhook", Limits.Patience * 2);
            // Of a room that another scenario had in the same services.
            if (line.GetProperty("data").GetProperty("room_id").GetString() != room) continue;
            told.Add(new Told(
                line.GetProperty("type").GetString()!, line.GetProperty("id").GetString()!, line.GetProperty("refused").GetBoolean(),
                string.Join("; ", line.GetProperty("problems").EnumerateArray()), line.GetProperty("data")));
        }

        return told;
    }

    private static void CheckWhatWasTold(List<Told> told, SdkTab asha, string halId)
    {
        Assert.All(told, one => Assert.Equal("", one.Problems));
        Assert.Contains(told, one => one.Refused);
        // What was refused comes once more, before anything else of the room; nothing else comes twice.
        for (var i = 0; i < told.Count - 1; i++)
        {
            if (told[i].Refused) Assert.Equal((told[i].Id, false), (told[i + 1].Id, told[i + 1].Refused));
        }

        var taken = told.FindAll(one => !one.Refused);
        Assert.Equal(taken.Count, taken.Select(one => one.Id).Distinct().Count());
        // The recording is ready when it is.
        Assert.Equal(
            [
                "session.open.success", "peer.join.success", "peer.join.success", "hls.started.success", "role.change.success", "role.change.success",
                "hls.stopped.success", "room.end.success", "peer.leave.success", "peer.leave.success", Closed,
            ],
            taken.Select(one => one.Type).Where(type => type != Recorded));
        var changes = taken.FindAll(one => one.Type == "role.change.success").ConvertAll(one => one.Data);
        Assert.Equal([halId, halId], changes.Select(data => data.GetProperty("peer_id").GetString()));
        Assert.Equal([SdkShow.Guest, SdkShow.Hls], changes.Select(data => data.GetProperty("role").GetString()));
        Assert.Equal([true, false], changes.Select(data => data.TryGetProperty("role_change_requested_by", out _)));
        Assert.Equal([asha.Name, "Hal"], taken.FindAll(one => one.Type == "peer.join.success").Select(one => one.Data.GetProperty("user_name").GetString()));
        Assert.Single(taken.Where(one => one.Data.TryGetProperty("session_id", out _)).Select(one => one.Data.GetProperty("session_id").GetString()).Distinct());
        Assert.Equal("client request", taken.Single(one => one.Type == "hls.stopped.success").Data.GetProperty("reason").GetString());
    }

    private static async Task CheckChangesAreNoticedAsync(ScriptPeer receiver)
    {
        var end = receiver.FinishAsync();
        var check = await receiver.WaitForAsync("checked");
        Assert.Equal((3, true), (check.GetProperty("refused").GetInt32(), check.GetProperty("ed25519Refused").GetBoolean()));
        Assert.Equal(0, await end);
    }

    private async Task CheckZipAsync(Figures figures, Product product, JsonElement data, double shown)
    {
        // The bucket knows nothing of the product, and asks for no credentials beside the link's.
        using var http = new HttpClient { Timeout = Limits.Patience };
        using var zip = await RecordedShow.FetchAsync(http, data.GetProperty("hls_vod_recording_presigned_url").GetString()!);
        Assert.Equal(data.GetProperty("hls_vod_recording_size").GetInt64(), zip.Size);
        var unpacked = await RecordedShow.ProbeAsync(zip.Master);
        var linked = await RecordedShow.ProbeAsync(data.GetProperty("hls_vod_playlist_url").GetString()!);
        var played = await zip.PlayAsync(browser, product, output);
        figures.Print("shown; unpacked, by the link, played by hls.js", $"{shown:F3} s; {unpacked.Duration:F3} s, {linked.Duration:F3} s, {played:F3} s");
        foreach (var duration in new[] { unpacked.Duration, linked.Duration, played, data.GetProperty("duration").GetDouble() })
            Assert.InRange(duration, shown - Segment, shown + Segment);
        Assert.Equal(["aac", "h264"], unpacked.Codecs);
    }

    private sealed record Told(string Type, string Id, bool Refused, string Problems, JsonElement Data);
}

using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>Layers of a publisher that names them in its first packets only, as browsers do.</summary>
public sealed class SimulcastPublisherTests
{
    private const string TransportId = "t1";

    [Fact]
    public async Task TrackBeginsAnew_PacketsNameNoLayerAnyMore_ItGoesOnInAllLayers()
    {
        await using var sfu = new SfuHarness();
        await using var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        var (_, publisher) = await sfu.PublishAsync(rids: ["q", "f"]);
        Frames(publisher);
        await NextAsync(events, item => item.TrackPublished is not null);
        var viewer = await sfu.WatchAsync();
        var sizes = new HashSet<int>();
        viewer.RtpReceivedHandler = packet => sizes.Add(packet.Payload.Length);
        // From here on packets say neither mid nor rid.
        publisher.Video("q").NamedPackets = publisher.Video("f").NamedPackets = 0;

        var worker = sfu.Node.WorkerOf(SfuHarness.Room);
        var changes = new Func<Task>[]
        {
            () => sfu.Control.ChangePolicyAsync(
                new ChangePolicyRequest { RoomId = SfuHarness.Room, TransportId = TransportId, Role = "guest", Publish = new PublishPolicy { Audio = true, Video = true } }, sfu.Patience),
            () => sfu.Control.ChangePolicyAsync(
                new ChangePolicyRequest { RoomId = SfuHarness.Room, TransportId = TransportId, Role = "broadcaster", Publish = new PublishPolicy { Audio = true, Video = true } }, sfu.Patience),
            // What a silence does.
            () => worker.InvokeAsync(() =>
            {
                worker.Transports.TryGetById(TransportId, out var transport);
                worker.Rooms.Publishers.Pause(transport!, "silent");
                return true;
            }),
        };
        foreach (var change in changes)
        {
            await change();
            await NextAsync(events, item => item.TrackUnpublished is not null);
            Frames(publisher);
            var published = await NextAsync(events, item => item.TrackPublished is not null);
            Assert.Equal(2, published.TrackPublished.Layers.Count);
        }

        viewer.Do((_, _) => sizes.Clear());
        using var pump = new Timer(_ => Frames(publisher), null, 0, 30);
        await viewer.WaitAsync(_ => sizes.Contains(1000), sfu.Patience);
        var ssrcs = await worker.InvokeAsync(() => worker.Rooms.Find(SfuHarness.Room)!.Tracks.Single(track => track.IsVideo).Layers.Select(layer => layer.Ssrc).ToArray());
        Assert.Equal([5000u, 5001u], ssrcs);
    }

    private static void Frames(SfuHarness.Publisher publisher)
    {
        publisher.Frame(keyFrame: true, 1, 200, "q");
        publisher.Frame(keyFrame: true, 1, 1000, "f");
    }

    private static async Task<RoomEvent> NextAsync(IAsyncEnumerator<RoomEvent> events, Func<RoomEvent, bool> wanted)
    {
        while (await events.MoveNextAsync())
            if (wanted(events.Current)) return events.Current;
        throw new InvalidOperationException("The events ended.");
    }
}

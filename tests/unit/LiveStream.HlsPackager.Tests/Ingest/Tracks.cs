using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.HlsPackager.Tests.Ingest;

/// <summary>Tracks as an SFU announces them.</summary>
internal static class Tracks
{
    public static Track Video(string id, string peer, TrackSource source = TrackSource.Regular, params (string Rid, uint Ssrc)[] layers)
    {
        var track = New(id, peer, MediaKind.Video, source, new Codec { Name = "H264", PayloadType = 102, ClockRate = 90_000 });
        if (layers.Length == 0) layers = [("", 1000)];
        foreach (var (rid, ssrc) in layers) track.Layers.Add(new Layer { Rid = rid, ExportSsrc = ssrc });
        return track;
    }

    public static Track Audio(string id, string peer, uint ssrc = 2000)
    {
        var track = New(id, peer, MediaKind.Audio, TrackSource.Regular, new Codec { Name = "OPUS", PayloadType = 111, ClockRate = 48_000, Channels = 2 });
        track.Layers.Add(new Layer { ExportSsrc = ssrc });
        return track;
    }

    private static Track New(string id, string peer, MediaKind kind, TrackSource source, Codec codec) => new()
    {
        TrackId = id, PeerId = peer, RoomId = "room", Role = "broadcaster", Kind = kind, Source = source, Codec = codec,
    };
}

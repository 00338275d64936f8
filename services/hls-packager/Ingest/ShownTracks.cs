using LiveStream.Contracts.Sfu.V1;
using LiveStream.HlsPackager.Depacketize;
using LiveStream.HlsPackager.Passthrough;
using LiveStream.Media.Opus;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// The tracks that a live stream shows now, and the way of their packets: SSRC → jitter buffer → depacketizer → clock →
/// sample. Belongs to the ingest's loop; no I/O of its own.
/// </summary>
internal sealed class ShownTracks(
    IngestOptions options, string roomId, OpusToAac transcoder, Action<MediaSample> emitControl, Func<MediaSample, bool> emitMedia,
    ILogger logger) : IDisposable
{
    private readonly Dictionary<string, PublisherClock> clocks = new(StringComparer.Ordinal);
    private readonly List<VideoLayer> layers = [];
    private Track? video;
    private AudioTrack? audio;
    private Track? played;
    private long lastVideoTime = -1;
    private TimeSpan? picturesSince;
    private bool everShown;
    private string lastReason = StageSelection.NobodyPublishes;
    private volatile string? videoTrackId;

    /// <summary>The shown video track, for any thread.</summary>
    public string? VideoTrackId => videoTrackId;

    /// <summary>Its layers, lowest first.</summary>
    public IReadOnlyList<VideoLayer> Layers => layers;

    /// <summary>Follows a choice; what is already shown goes on undisturbed.</summary>
    public void Show(StageChoice choice, TimeSpan now)
    {
        ShowVideo(choice, now);
        ShowAudio(choice.Audio);
        if (choice.Video is null && choice.Audio is null) transcoder.Pause();

        var peers = new[] { choice.Video?.PeerId, choice.Audio?.PeerId };
        foreach (var peer in clocks.Keys.Where(peer => !peers.Contains(peer)).ToList()) clocks.Remove(peer);
    }

    /// <summary>Takes one packet of the export; those of tracks that are not shown are dropped. True for media that is shown.</summary>
    public bool OnPacket(ReadOnlySpan<byte> packet, TimeSpan arrival)
    {
        switch (MediaDatagram.Classify(packet))
        {
            case DatagramKind.Rtp when RtpPacketView.TryParse(packet, out var view) == RtpError.None:
                if (audio is { } track && track.Ssrc == view.Ssrc) track.OnPacket(view, packet, arrival);
                else if (FindLayer(view.Ssrc) is { } layer) layer.OnPacket(view, packet, arrival);
                else return false;
                return true;
            case DatagramKind.Rtcp:
                var reader = new RtcpReader(packet);
                while (reader.TryRead(out var part))
                {
                    if (SenderReport.TryParse(part, out var report)) OnSenderReport(report, arrival);
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>Hands on everything that is due.</summary>
    public void Advance(TimeSpan now)
    {
        foreach (var layer in layers)
        {
            while (layer.TryTake(now, out var unit))
            {
                lastVideoTime = Math.Max(lastVideoTime, unit!.Time);
                picturesSince ??= now;
                if (!emitMedia(new VideoSample(video!.TrackId, layer.Rid, unit))) layer.RequireKeyFrame();
            }
        }

        while (audio is not null && audio.TryTake(now, out var time, out var opus)) transcoder.Push(time, opus.Span);
        var ticks = (long)(now.TotalSeconds * OpusPacket.ClockRate);
        if (now - picturesSince >= options.SilenceAfter) transcoder.BeginSilence(ticks);
        if (video is not null || audio is not null) transcoder.Tick(ticks);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ClearLayers();
        audio?.Dispose();
        audio = null;
    }

    private void OnSenderReport(in SenderReport report, TimeSpan arrival)
    {
        var clock = audio is { } track && track.Ssrc == report.Ssrc ? track.Clock : FindLayer(report.Ssrc)?.Clock;
        clock?.OnSenderReport(report.NtpTimestamp, report.RtpTimestamp, arrival);
    }

    private void ShowVideo(StageChoice choice, TimeSpan now)
    {
        var chosen = choice.Video;
        if (chosen is null)
        {
            if (video is not null || choice.Reason != lastReason) Leave(choice.Reason);
            return;
        }

        var sameTrack = video?.TrackId == chosen.TrackId;
        if (sameTrack && SameLayers(video!, chosen)) return;

        if (!sameTrack && everShown)
        {
            emitControl(new Discontinuity(video is null ? "video is back" : $"peer {chosen.PeerId} is shown instead of {video.PeerId}"));
        }

        SetLayers(chosen, keepKnown: sameTrack, now);
        (video, videoTrackId, everShown, lastReason) = (chosen, chosen.TrackId, true, "");
        emitControl(new LayersChanged(chosen.TrackId, layers.ConvertAll(layer => layer.Rid)));
        logger.VideoShown(roomId, chosen.TrackId, chosen.PeerId, layers.Count);
    }

    private void Leave(string reason)
    {
        ClearLayers();
        (video, videoTrackId, picturesSince, lastReason) = (null, null, null, reason);
        emitControl(new PublisherGone(reason));
        logger.NothingToShow(roomId, reason);
    }

    private void ShowAudio(Track? chosen)
    {
        if (chosen is null ? audio is null : audio is not null && SameSound(played!, chosen)) return;

        audio?.Dispose();
        (audio, played) = (null, chosen);
        if (chosen is null || chosen.Layers.Count == 0) return;

        audio = new AudioTrack(chosen.TrackId, chosen.Layers[0].ExportSsrc, (byte)chosen.Codec.PayloadType, ClockOf(chosen.PeerId), options.JitterWait);
        logger.AudioPlayed(roomId, chosen.TrackId, chosen.PeerId);
    }

    private void SetLayers(Track track, bool keepKnown, TimeSpan now)
    {
        var known = layers.ToList();
        layers.Clear();
        foreach (var layer in track.Layers)
        {
            var kept = keepKnown ? known.Find(old => old.Rid == layer.Rid && old.Ssrc == layer.ExportSsrc) : null;
            if (kept is not null) known.Remove(kept);
            layers.Add(kept ?? new VideoLayer(layer.Rid, layer.ExportSsrc, (byte)track.Codec.PayloadType, ClockOf(track.PeerId), options.JitterWait, lastVideoTime)
            {
                NextKeyFrameRequest = now,
            });
        }

        foreach (var old in known) old.Dispose();
    }

    private void ClearLayers()
    {
        foreach (var layer in layers) layer.Dispose();
        layers.Clear();
    }

    private VideoLayer? FindLayer(uint ssrc)
    {
        foreach (var layer in layers)
        {
            if (layer.Ssrc == ssrc) return layer;
        }

        return null;
    }

    private PublisherClock ClockOf(string peerId)
    {
        if (!clocks.TryGetValue(peerId, out var clock)) clocks[peerId] = clock = new PublisherClock();
        return clock;
    }

    // An SFU that has begun anew, or another one, exports a track of the same id under other SSRCs.
    private static bool SameSound(Track known, Track chosen) =>
        (known.TrackId, known.PeerId, known.Codec.PayloadType) == (chosen.TrackId, chosen.PeerId, chosen.Codec.PayloadType) && SameLayers(known, chosen);

    private static bool SameLayers(Track known, Track chosen) =>
        known.Layers.Select(layer => (layer.Rid, layer.ExportSsrc)).SequenceEqual(chosen.Layers.Select(layer => (layer.Rid, layer.ExportSsrc)));
}

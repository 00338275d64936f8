using System.Runtime.InteropServices;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Router;

/// <summary>What happens in a room, told to the control side. Called on the room's worker thread; must not block.</summary>
internal interface IRoomObserver
{
    void OnRoomEvent(RoomEvent roomEvent);
}

/// <summary>
/// The tracks and subscribers of one room, and who is fed by what. Sees parsed packets and <see cref="IPacketSink"/>s,
/// never sockets or keys. All calls come from the room's worker thread.
/// </summary>
internal sealed class RoomRouter(string roomId, IRoomObserver observer) : IDisposable
{
    private const long NoTime = -1;
    private const int SpeakerThreshold = 12, LargeRoom = 16;
    private const long SpeakerIntervalMicroseconds = 1_000_000, StallMicroseconds = 3_000_000;

    private readonly List<PublishedTrack> _tracks = [];
    private readonly List<Subscriber> _subscribers = [];
    private readonly List<RoomExport> _exports = [];
    private readonly HashSet<string> _trackIds = new(StringComparer.Ordinal);
    private long _speakersAt;
    private bool _spoke;

    public string RoomId { get; } = roomId;

    public IReadOnlyList<PublishedTrack> Tracks => _tracks;

    public IReadOnlyList<Subscriber> Subscribers => _subscribers;

    /// <summary>Transports of the room, also those that publish or receive nothing yet; kept by their owner.</summary>
    public int Transports { get; set; }

    /// <summary>True when nothing is left, so that the room can be forgotten.</summary>
    public bool IsEmpty => Transports == 0 && _tracks.Count == 0 && _subscribers.Count == 0 && _exports.Count == 0;

    /// <summary>Keeps ids for a publisher's tracks, whether they send yet or not; false, and keeps none, when another one has one of them.</summary>
    public bool TryClaim(IReadOnlyCollection<string> trackIds)
    {
        foreach (var id in trackIds)
            if (_trackIds.Contains(id)) return false;
        _trackIds.UnionWith(trackIds);
        return true;
    }

    public void Unclaim(string trackId) => _trackIds.Remove(trackId);

    /// <summary>Tracks that a subscriber may see now, in the order of publication.</summary>
    public IReadOnlyList<Track> WantedBy(Subscriber subscriber) =>
        [.. _tracks.Where(track => track.IsNamed && subscriber.Wants(track)).Select(track => track.Description)];

    /// <summary>A subscriber may see other roles than before: what it may not is not sent any more.</summary>
    public void ChangeRoles(Subscriber subscriber, IReadOnlyCollection<string> fromRoles)
    {
        subscriber.FromRoles = fromRoles;
        foreach (var subscription in subscriber.Egress.Subscriptions)
            if (subscription.Track is { } track && !subscriber.Wants(track)) subscription.Attach(null);
        AssignSources(NoTime);
    }

    /// <summary>Feeds a stream that was just offered from its track, if that is still there.</summary>
    public void Feed(Subscriber subscriber, Subscription subscription)
    {
        if (subscription.TrackId is { } id && FindTrack(id) is { } track && subscriber.Wants(track) && subscription.Accepts(track)) subscription.Attach(track);
    }

    public void Publish(PublishedTrack track)
    {
        _tracks.Add(track);
        foreach (var export in _exports)
            if (export.Wants(track)) track.Add(export);
        observer.OnRoomEvent(new RoomEvent { RoomId = RoomId, TrackPublished = track.Description });
        AssignSources(NoTime);
    }

    public void Unpublish(PublishedTrack track, string reason)
    {
        if (!_tracks.Remove(track)) return;
        foreach (var subscription in track.Subscriptions.ToArray()) subscription.Attach(null);
        observer.OnRoomEvent(new RoomEvent
        {
            RoomId = RoomId,
            TrackUnpublished = new TrackUnpublished { TrackId = track.Id, Reason = reason },
        });
        track.Dispose();
        AssignSources(NoTime);
    }

    public void Subscribe(Subscriber subscriber)
    {
        _subscribers.Add(subscriber);
        AssignSources(NoTime);
    }

    public void Unsubscribe(Subscriber subscriber)
    {
        if (!_subscribers.Remove(subscriber)) return;
        foreach (var subscription in subscriber.Egress.Subscriptions) subscription.Attach(null);
    }

    public void AddExport(RoomExport export)
    {
        _exports.Add(export);
        foreach (var track in _tracks)
        {
            if (!export.Wants(track)) continue;
            track.Add(export);
            track.RequestKeyFrame();
        }
    }

    public RoomExport? FindExport(string exportId) => _exports.Find(export => export.ExportId == exportId);

    /// <summary>The export that uses a carrier (a connection).</summary>
    public RoomExport? FindExportBy(object carrier) => _exports.Find(export => ReferenceEquals(export.Carrier, carrier));

    public void RemoveExport(RoomExport export)
    {
        _exports.Remove(export);
        foreach (var track in _tracks) track.Remove(export);
    }

    public PublishedTrack? FindTrack(string trackId) => _tracks.Find(track => track.Id == trackId);

    /// <summary>True where enough receive that it pays to wait a moment for the rest of a frame.</summary>
    public bool IsLarge => _subscribers.Count >= LargeRoom;

    /// <summary>
    /// Sends what waits on the given layers of this room. Subscriber by subscriber, so that all packets for one address
    /// follow each other and leave as one message: video first, since a run may end with a shorter packet, such as audio.
    /// </summary>
    public void ForwardPending(ReadOnlySpan<IncomingStream> streams, long nowMicroseconds)
    {
        foreach (var stream in streams)
        {
            PublishedTrack.EvenOut(stream);
            stream.Track.ExportPending(stream);
            stream.Track.IsForwarding = true;
        }

        var subscribers = CollectionsMarshal.AsSpan(_subscribers);
        for (var i = 0; i < subscribers.Length; i++)
        {
            Approach(subscribers[i..]);
            var egress = subscribers[i].Egress;
            if (!egress.IsConnected) continue;
            foreach (var subscription in egress.Subscriptions)
            {
                foreach (var stream in streams)
                    if (stream.Track == subscription.Track) subscription.Forward(stream, stream.Pending, nowMicroseconds);
            }
        }

        foreach (var stream in streams)
        {
            stream.ClearPending();
            stream.Track.IsForwarding = false;
        }
    }

    // Between two frames other work has pushed a large room's subscribers out of the cache, and the dozen objects behind each are
    // found only one through the other. While packets for the first are made, the next ones' are fetched, each a step further.
    private static void Approach(ReadOnlySpan<Subscriber> next)
    {
        const int First = Egress.Depths + 2;
        if (next.Length > First) CacheLines.Fetch(next[First]);
        if (next.Length > First - 1) CacheLines.FetchLarge(next[First - 1].Egress);
        for (var depth = 0; depth < Egress.Depths; depth++)
        {
            var ahead = Egress.Depths - depth;
            if (next.Length > ahead) next[ahead].Egress.Approach(depth);
        }
    }

    /// <summary>Some times a second: layers within the estimates, sources that fell silent, speakers.</summary>
    public void Tick(long nowMicroseconds)
    {
        foreach (var subscriber in _subscribers) subscriber.Egress.AllocateLayers(nowMicroseconds);
        AssignSources(nowMicroseconds);
        if (nowMicroseconds - _speakersAt < SpeakerIntervalMicroseconds) return;
        _speakersAt = nowMicroseconds;
        ReportSpeakers(nowMicroseconds);
        ReportReception(nowMicroseconds);
    }

    public void Dispose()
    {
        foreach (var track in _tracks) track.Dispose();
    }

    // Each m-line that waits, or whose source has fallen silent while another sends, takes the first track it may.
    private void AssignSources(long nowMicroseconds)
    {
        foreach (var subscriber in _subscribers)
        {
            foreach (var subscription in subscriber.Egress.Subscriptions)
            {
                if (subscriber.IsOffered)
                {
                    if (subscription.Track is null) Feed(subscriber, subscription);
                    continue;
                }

                var stalled = nowMicroseconds != NoTime && subscription.Track is { } track && nowMicroseconds - track.LastPacketAt > StallMicroseconds;
                if (subscription.Track is not null && !stalled) continue;
                if (FindSource(subscriber, subscription, stalled ? nowMicroseconds : NoTime) is { } source) subscription.Attach(source);
            }
        }
    }

    private PublishedTrack? FindSource(Subscriber subscriber, Subscription subscription, long activeAt)
    {
        foreach (var track in _tracks)
        {
            if (track == subscription.Track || !subscriber.Wants(track) || !subscription.Accepts(track)) continue;
            if (activeAt != NoTime && !track.IsActive(activeAt)) continue;
            var taken = false;
            foreach (var other in subscriber.Egress.Subscriptions) taken |= other.Track == track;
            if (!taken) return track;
        }

        return null;
    }

    // Of clients that can show it.
    private void ReportReception(long nowMicroseconds)
    {
        ConnectionQuality? quality = null;
        LayersChanged? layers = null;
        foreach (var subscriber in _subscribers)
        {
            if (!subscriber.IsOffered || !subscriber.Egress.IsConnected) continue;
            if (subscriber.Egress.Quality.TryTell(subscriber.Egress.RoundTrip, out var score))
                (quality ??= new ConnectionQuality()).Peers.Add(new PeerQuality { PeerId = subscriber.PeerId, Score = score });
            foreach (var subscription in subscriber.Egress.Subscriptions)
                if (subscription.TryTellLayer(subscriber.PeerId, nowMicroseconds) is { } layer) (layers ??= new LayersChanged()).Layers.Add(layer);
        }

        if (quality is not null) observer.OnRoomEvent(new RoomEvent { RoomId = RoomId, ConnectionQuality = quality });
        if (layers is not null) observer.OnRoomEvent(new RoomEvent { RoomId = RoomId, LayersChanged = layers });
    }

    private void ReportSpeakers(long nowMicroseconds)
    {
        ActiveSpeakers? speakers = null;
        foreach (var track in _tracks)
        {
            if (track.IsVideo) continue;
            if (nowMicroseconds - track.LastPacketAt > SpeakerIntervalMicroseconds / 2) track.Activity.Decay();
            if (track.Activity.Level < SpeakerThreshold) continue;
            speakers ??= new ActiveSpeakers();
            speakers.Speakers.Add(new Speaker { PeerId = track.Description.PeerId, TrackId = track.Id, Level = track.Activity.Level });
        }

        // Silence is told once.
        if (speakers is null && !_spoke) return;
        _spoke = speakers is not null;
        speakers ??= new ActiveSpeakers();
        var ordered = speakers.Speakers.OrderByDescending(speaker => speaker.Level).ToArray();
        speakers.Speakers.Clear();
        speakers.Speakers.AddRange(ordered);
        observer.OnRoomEvent(new RoomEvent { RoomId = RoomId, ActiveSpeakers = speakers });
    }
}

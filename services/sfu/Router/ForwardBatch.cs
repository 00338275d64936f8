using System.Runtime.InteropServices;

namespace LiveStream.Sfu.Router;

/// <summary>
/// The layers that have packets waiting, and how long they may wait. In a small room nothing waits. In a large one the
/// rest of a frame is waited for, a little: what leaves for one subscriber as one message costs a fraction of what the
/// packets cost one by one. Pure; worker thread only.
/// </summary>
internal sealed class ForwardBatch
{
    /// <summary>Longest wait for the rest of a frame.</summary>
    public const long MaximumWaitMicroseconds = 2_750;

    private readonly List<IncomingStream> _streams = new(64);
    private readonly List<RoomRouter> _rooms = new(16);
    private readonly List<IncomingStream> _ofRoom = new(64);
    private long _oldest;
    private bool _worthWaiting;

    /// <summary>Some of what waits is video; sound alone waits for it.</summary>
    public bool HasVideo { get; private set; }

    /// <summary>Notes that a layer has a packet waiting.</summary>
    /// <param name="room">The layer's room.</param>
    /// <param name="stream">The layer.</param>
    /// <param name="endsFrame">The packet is the last of a video frame.</param>
    /// <param name="arrivedAt">When the machine received it: the time that it waited for this turn is a part of its wait.</param>
    public void Add(RoomRouter room, IncomingStream stream, bool endsFrame, long arrivedAt)
    {
        if (_streams.Count == 0)
        {
            _oldest = arrivedAt;
            _worthWaiting = room.IsLarge;
        }

        if (stream.PendingCount == 1)
        {
            stream.Room = room;
            _streams.Add(stream);
            if (!_rooms.Contains(room)) _rooms.Add(room);
        }

        HasVideo |= stream.Track.IsVideo;
        // A complete frame ends the wait. Audio does not, it rides along.
        if (endsFrame) _worthWaiting = false;
        else if (stream.Track.IsVideo && room.IsLarge) _worthWaiting = true;
    }

    /// <summary>When what waits is to be forwarded; <see cref="long.MaxValue"/> while nothing does.</summary>
    public long DueAt(long nowMicroseconds) =>
        _streams.Count == 0 ? long.MaxValue : _worthWaiting ? _oldest + MaximumWaitMicroseconds : nowMicroseconds;

    /// <summary>Forwards all that waits.</summary>
    public void Forward(long nowMicroseconds)
    {
        foreach (var room in _rooms)
        {
            _ofRoom.Clear();
            foreach (var stream in _streams)
                if (stream.Room == room) _ofRoom.Add(stream);
            room.ForwardPending(CollectionsMarshal.AsSpan(_ofRoom), nowMicroseconds);
        }

        _streams.Clear();
        _rooms.Clear();
        _worthWaiting = HasVideo = false;
    }

    /// <summary>Drops what waits on a track that ends.</summary>
    public void Remove(PublishedTrack track) => _streams.RemoveAll(stream => stream.Track == track);
}

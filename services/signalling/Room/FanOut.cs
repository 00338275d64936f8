namespace LiveStream.Signalling.Room;

/// <summary>
/// Sends what a room has queued, on other threads than the room's loop: in chunks, so that a message to thousands is a few dozen
/// work items, and each socket is written to once for all that one fact led to. Used by one thread at a time.
/// </summary>
internal sealed class FanOut
{
    // Long enough to be worth a work item, short enough that all cores get some of a large room.
    private const int ChunkLength = 32;

    private readonly List<PeerSocket> _toStart = [];

    /// <summary>Queues frames for a socket, if it is there.</summary>
    public void Queue(PeerSocket? socket, ReadOnlyMemory<byte> frames)
    {
        if (socket?.Queue(frames) == true) _toStart.Add(socket);
    }

    /// <summary>Has everything sent that was queued.</summary>
    public void Start()
    {
        if (_toStart.Count == 0) return;
        if (_toStart.Count == 1) ThreadPool.UnsafeQueueUserWorkItem(_toStart[0], preferLocal: false);
        else foreach (var chunk in _toStart.Chunk(ChunkLength)) ThreadPool.UnsafeQueueUserWorkItem(new Sending(chunk), preferLocal: false);
        _toStart.Clear();
    }

    private sealed class Sending(PeerSocket[] sockets) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var socket in sockets) socket.Execute();
        }
    }
}

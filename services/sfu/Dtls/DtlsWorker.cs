namespace LiveStream.Sfu.Dtls;

/// <summary>Bounds of a <see cref="DtlsWorker"/>.</summary>
public sealed record DtlsWorkerOptions
{
    /// <summary>Threads; an association stays on one of them.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Datagrams of one association that may wait.</summary>
    public int QueuePerEndpoint { get; init; } = 64;

    /// <summary>Bytes of texts for the data channels of one association that may wait.</summary>
    public int TextPerEndpoint { get; init; } = 256 << 10;

    /// <summary>Datagrams that may wait on one thread.</summary>
    public int QueueInTotal { get; init; } = 4096;

    /// <summary>Longest time from attach to connected.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Profiles and retransmission timers of the associations.</summary>
    public DtlsSettings Settings { get; init; } = DtlsSettings.Default;
}

/// <summary>
/// Runs DTLS associations on threads of its own, as a handshake takes a third of a millisecond that must not stand in the
/// way of media. All methods may be called from any thread; they only queue. Datagrams beyond the bounds are dropped and
/// counted: DTLS sends again.
/// </summary>
public sealed class DtlsWorker : IDisposable
{
    /// <summary>Longest datagram taken; longer ones are dropped. No handshake record of a sane peer comes near.</summary>
    public const int MaximumDatagram = 4096;

    private readonly DtlsLoop[] _loops;

    /// <summary>Starts the threads.</summary>
    public DtlsWorker(DtlsIdentity identity, IDtlsListener listener, DtlsWorkerOptions? options = null)
    {
        options ??= new DtlsWorkerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        _loops = new DtlsLoop[options.Threads];
        for (var i = 0; i < _loops.Length; i++) _loops[i] = new DtlsLoop(identity, listener, options, i);
    }

    /// <summary>Datagrams dropped at a full queue or for their size, or for an unknown key.</summary>
    public long DroppedDatagrams => _loops.Sum(loop => loop.Dropped);

    /// <summary>Texts dropped, as their data channel was not open or did not keep up.</summary>
    public long DroppedTexts => _loops.Sum(loop => loop.DroppedTexts);

    /// <summary>Associations attached now.</summary>
    public int Count => _loops.Sum(loop => loop.Count);

    /// <summary>Begins an association under a key of the caller's choice; a client sends its ClientHello at once.</summary>
    /// <exception cref="ArgumentException">The key is attached already.</exception>
    public void Attach(ulong key, DtlsRole role, DtlsFingerprint expected) => LoopOf(key).Attach(key, role, expected);

    /// <summary>Hands over a datagram from the peer; the bytes are copied.</summary>
    public void Enqueue(ulong key, ReadOnlySpan<byte> datagram) => LoopOf(key).Enqueue(key, datagram);

    /// <summary>
    /// Opens a data channel from this side (RFC 8831) once the association is connected; see
    /// <see cref="IDtlsListener.OnDataChannelOpened"/>. Twice is once. Unknown keys are ignored.
    /// </summary>
    public void OpenChannel(ulong key, string label) => LoopOf(key).OpenChannel(key, label);

    /// <summary>Sends a text on an open data channel; the bytes are copied. What a channel cannot take is dropped and counted.</summary>
    public void SendText(ulong key, string label, ReadOnlySpan<byte> text) => LoopOf(key).SendText(key, label, text);

    /// <summary>
    /// Ends an association, with close_notify if it is connected. Its last output may come shortly after the call; nothing
    /// else does. Unknown keys are ignored.
    /// </summary>
    public void Detach(ulong key) => LoopOf(key).Detach(key);

    /// <summary>Ends all associations and the threads; returns when they have ended. Not to be called from a callback.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops) loop.Stop();
        foreach (var loop in _loops) loop.Dispose();
    }

    private DtlsLoop LoopOf(ulong key) => _loops[key % (uint)_loops.Length];
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;
using LiveStream.Wire.Framing;

namespace LiveStream.Sfu.Tcp;

/// <summary>
/// A non-blocking TCP connection that carries RFC 4571 frames: a browser's ICE-TCP path, or an export to a packager.
/// Owned by one worker thread. Both buffers are bounded: what does not fit is dropped by whole frames, as UDP would.
/// </summary>
internal sealed unsafe class FramedConnection : IDisposable
{
    private const int ReceiveBytes = 72 << 10, LengthBytes = 2, ReceiveRounds = 4;

    private readonly byte* _receive;
    private readonly byte* _send;
    private readonly int _sendCapacity;
    private int _fd;
    private int _received;
    private int _sendStart;
    private int _sendEnd;

    public FramedConnection(int fd, uint number, int sendCapacity)
    {
        _fd = fd;
        Number = number;
        _sendCapacity = sendCapacity;
        _receive = (byte*)NativeMemory.Alloc(ReceiveBytes);
        _send = (byte*)NativeMemory.Alloc((nuint)sendCapacity);
        var one = 1;
        _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.IpProtoTcp, LinuxSockets.TcpNoDelay, &one, sizeof(int));
    }

    /// <summary>Takes one received frame; the span is valid during the call only.</summary>
    public delegate void FrameHandler<TState>(TState state, FramedConnection connection, Span<byte> frame);

    public int Fd => _fd;

    /// <summary>Number on the worker; the key of <see cref="Udp.SocketAddressValue.ForConnection"/>.</summary>
    public uint Number { get; }

    /// <summary>The peer's address, for what it is told of itself.</summary>
    public Udp.SocketAddressValue Remote { get; init; }

    /// <summary>Key under which the connection finds its transport.</summary>
    public Udp.SocketAddressValue Path => Udp.SocketAddressValue.ForConnection(Number);

    /// <summary>Set by the owner once a STUN integrity check passed on the connection; until then it may be closed for idleness.</summary>
    public bool Trusted { get; set; }

    /// <summary>When the connection was accepted, in the worker's microseconds.</summary>
    public long OpenedAt { get; init; }

    /// <summary>Set by <see cref="Abandon"/>: the owner closes the connection at its next look.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>
    /// How long frames may be collected before they are written, in microseconds: each write wakes the reader, which costs
    /// it more than the bytes. 0 writes at once.
    /// </summary>
    public long HoldMicroseconds { get; init; }

    /// <summary>When the connection was last written to, in the owner's microseconds; kept by the owner.</summary>
    public long FlushedAt { get; set; }

    /// <summary>True while bytes wait to be written.</summary>
    public bool WantsToWrite => _sendEnd > _sendStart;

    /// <summary>True where what waits is to be written now.</summary>
    public bool IsDue(long nowMicroseconds) =>
        WantsToWrite && (nowMicroseconds - FlushedAt >= HoldMicroseconds || _sendEnd - _sendStart > _sendCapacity / 4);

    /// <summary>True while the poller waits for room in the kernel; kept by the owner.</summary>
    public bool IsWaitingToWrite { get; set; }

    /// <summary>Frames that found no room.</summary>
    public long FramesDropped { get; private set; }

    /// <summary>Nothing uses the connection any more.</summary>
    public void Abandon() => IsAbandoned = true;

    /// <summary>
    /// Reads what waits, in bounded rounds, so that one peer cannot keep the owner to itself; the poller tells again of
    /// the rest. False: the peer closed, failed, or sent an oversized frame.
    /// </summary>
    public bool Receive<TState>(TState state, int maximumFrame, FrameHandler<TState> handler)
    {
        for (var round = 0; round < ReceiveRounds; round++)
        {
            var read = LinuxSockets.Receive(_fd, _receive + _received, (nuint)(ReceiveBytes - _received), LinuxSockets.MsgDontWait);
            if (read == 0) return false;
            if (read < 0) return Marshal.GetLastPInvokeError() is LinuxSockets.ErrorAgain or LinuxSockets.ErrorInterrupted;
            _received += (int)read;
            var offset = 0;
            while (true)
            {
                var buffered = new Span<byte>(_receive + offset, _received - offset);
                if (!FramedPackets.TryRead(buffered, maximumFrame, out var frame, out var consumed, out var tooLong))
                {
                    if (tooLong) return false;
                    break;
                }

                handler(state, this, buffered.Slice(LengthBytes, frame.Length));
                if (_fd < 0) return false;
                offset += consumed;
            }

            if (offset > 0) new Span<byte>(_receive + offset, _received - offset).CopyTo(new Span<byte>(_receive, ReceiveBytes));
            _received -= offset;
        }

        return true;
    }

    /// <summary>Queues a frame; false when the buffer is full, or the connection is closed.</summary>
    public bool TrySend(ReadOnlySpan<byte> content)
    {
        var frame = Reserve(content.Length);
        if (frame.IsEmpty) return false;
        content.CopyTo(frame);
        Commit(content.Length);
        return true;
    }

    /// <summary>Space for one frame's content; null when the buffer is full, or the connection is closed.</summary>
    public Span<byte> Reserve(int maximum)
    {
        if (_fd < 0) return default;
        if (_sendEnd + LengthBytes + maximum > _sendCapacity) Compact();
        if (_sendEnd + LengthBytes + maximum > _sendCapacity)
        {
            FramesDropped++;
            return default;
        }

        return new Span<byte>(_send + _sendEnd + LengthBytes, maximum);
    }

    /// <summary>Queues the first bytes of the reserved span as a frame.</summary>
    public void Commit(int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(_send + _sendEnd, LengthBytes), (ushort)length);
        _sendEnd += LengthBytes + length;
    }

    /// <summary>Writes what the kernel takes. False: the connection failed.</summary>
    public bool Flush()
    {
        while (_sendEnd > _sendStart)
        {
            var written = LinuxSockets.Send(_fd, _send + _sendStart, (nuint)(_sendEnd - _sendStart), LinuxSockets.MsgDontWait | LinuxSockets.MsgNoSignal);
            if (written < 0) return Marshal.GetLastPInvokeError() is LinuxSockets.ErrorAgain or LinuxSockets.ErrorInterrupted;
            _sendStart += (int)written;
        }

        _sendStart = _sendEnd = 0;
        return true;
    }

    public void Dispose()
    {
        if (_fd < 0) return;
        _ = LinuxSockets.Close(_fd);
        _fd = -1;
        NativeMemory.Free(_receive);
        NativeMemory.Free(_send);
    }

    private void Compact()
    {
        if (_sendStart == 0) return;
        new Span<byte>(_send + _sendStart, _sendEnd - _sendStart).CopyTo(new Span<byte>(_send, _sendCapacity));
        _sendEnd -= _sendStart;
        _sendStart = 0;
    }
}

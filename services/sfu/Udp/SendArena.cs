using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Udp;

/// <summary>
/// Outgoing datagrams of one loop turn. Consecutive datagrams to one address whose sizes are equal (the last may be
/// shorter) become one message with UDP_SEGMENT, and all messages leave by <c>sendmmsg</c>. Written by one thread.
/// </summary>
/// <remarks>Kernel limits of generic segmentation: 64 segments and less than 64 KiB a message.</remarks>
internal sealed unsafe class SendArena : IDisposable
{
    /// <summary>Room that <see cref="Reserve"/> promises: the largest datagram that the SFU makes.</summary>
    public const int MaximumDatagram = 2048;

    private const int MessageCapacity = 64, ArenaBytes = 512 << 10, MaximumSegments = 60, MaximumRunBytes = 60000, AddressBytes = 32;

    private readonly int _fd;
    private readonly byte* _memory;
    private readonly byte* _addresses;
    private readonly LinuxSockets.ControlMessage* _controls;
    private readonly LinuxSockets.IoVector* _vectors;
    private readonly LinuxSockets.MultiMessageHeader* _messages;
    private int _used;
    private int _count;
    private SocketAddressValue _lastAddress;
    private int _runSegment;
    private int _runSegments;
    private bool _runOpen;
    private bool _segmentation = true;
    private bool _segmented;

    public SendArena(int fd)
    {
        _fd = fd;
        _memory = (byte*)NativeMemory.AlignedAlloc(ArenaBytes, 64);
        _addresses = (byte*)NativeMemory.AllocZeroed(MessageCapacity, AddressBytes);
        _controls = (LinuxSockets.ControlMessage*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.ControlMessage));
        _vectors = (LinuxSockets.IoVector*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.IoVector));
        _messages = (LinuxSockets.MultiMessageHeader*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.MultiMessageHeader));
        for (var i = 0; i < MessageCapacity; i++)
        {
            ref var header = ref _messages[i].Header;
            header.Name = _addresses + (i * AddressBytes);
            header.Vectors = &_vectors[i];
            header.VectorCount = 1;
        }
    }

    /// <summary>Datagrams handed to the kernel.</summary>
    public long DatagramsSent { get; private set; }

    /// <summary>Datagrams that the kernel refused (full socket buffer, unreachable network).</summary>
    public long DatagramsDropped { get; private set; }

    /// <summary>Messages that carried them; fewer, where runs left as one.</summary>
    public long MessagesSent { get; private set; }

    /// <summary>sendmmsg calls.</summary>
    public long SystemCalls { get; private set; }

    /// <summary>Space for the next datagram. Nothing is queued until <see cref="Commit"/>; the span dies with the next call.</summary>
    public Span<byte> Reserve()
    {
        if (_used + MaximumDatagram > ArenaBytes) Flush();
        return new Span<byte>(_memory + _used, MaximumDatagram);
    }

    /// <summary>Queues the first <paramref name="length"/> bytes of the reserved span for an address.</summary>
    public void Commit(int length, in SocketAddressValue address)
    {
        if (_runOpen && address == _lastAddress && length <= _runSegment && _runSegments < MaximumSegments
            && _runSegments * _runSegment < MaximumRunBytes && _segmentation)
        {
            Extend(length);
            return;
        }

        if (_count == MessageCapacity) MoveReservedToFront(length);
        var index = _count++;
        ref var message = ref _messages[index];
        message.Header.NameLength = address.ToNative(_addresses + (index * AddressBytes));
        message.Header.Control = null;
        message.Header.ControlLength = 0;
        _vectors[index] = new() { Base = _memory + _used, Length = (nuint)length };
        _used += length;
        _lastAddress = address;
        _runSegment = length;
        _runSegments = 1;
        _runOpen = true;
    }

    /// <summary>Hands all queued messages to the kernel.</summary>
    public void Flush()
    {
        var sent = 0;
        while (sent < _count)
        {
            SystemCalls++;
            var result = LinuxSockets.SendMessages(_fd, _messages + sent, (uint)(_count - sent), LinuxSockets.MsgDontWait);
            if (result > 0)
            {
                MessagesSent += result;
                for (var i = sent; i < sent + result; i++)
                {
                    DatagramsSent += SegmentsOf(i);
                    _segmented |= _messages[i].Header.Control != null;
                }

                sent += result;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LinuxSockets.ErrorInterrupted) continue;
            if (error is LinuxSockets.ErrorInvalid or LinuxSockets.ErrorIo && _messages[sent].Header.Control != null)
            {
                // Send this run one by one. If that works and no run ever did, it is the device (without checksum offload)
                // that refuses segmentation, and asking stops; otherwise it is this address or its path (a small MTU).
                if (SendSegments(sent++) && !_segmented) _segmentation = false;
                continue;
            }

            DatagramsDropped += SegmentsOf(sent);
            sent++;
        }

        _count = 0;
        _used = 0;
        _runOpen = false;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_messages);
    }

    private void Extend(int length)
    {
        var index = _count - 1;
        ref var message = ref _messages[index];
        ref var control = ref _controls[index];
        control = new() { Length = 18, Level = LinuxSockets.SolUdp, Type = LinuxSockets.UdpSegment, Value = _runSegment };
        message.Header.Control = (byte*)&_controls[index];
        message.Header.ControlLength = 24;
        _vectors[index].Length += (nuint)length;
        _used += length;
        _runSegments++;
        // Only the last segment of a run may be shorter than the others.
        if (length < _runSegment) _runOpen = false;
    }

    private int SegmentsOf(int index)
    {
        if (_messages[index].Header.Control == null) return 1;
        var segment = _controls[index].Value;
        return ((int)_vectors[index].Length + segment - 1) / segment;
    }

    private void MoveReservedToFront(int length)
    {
        var pending = new Span<byte>(_memory + _used, length);
        var source = _used;
        Flush();
        if (source != 0) pending.CopyTo(new Span<byte>(_memory, MaximumDatagram));
    }

    private bool SendSegments(int index)
    {
        var taken = true;
        var whole = _vectors[index];
        var segment = (nuint)_controls[index].Value;
        _messages[index].Header.Control = null;
        _messages[index].Header.ControlLength = 0;
        for (nuint offset = 0; offset < whole.Length; offset += segment)
        {
            _vectors[index] = new() { Base = whole.Base + offset, Length = nuint.Min(segment, whole.Length - offset) };
            SystemCalls++;
            if (LinuxSockets.SendMessages(_fd, _messages + index, 1, LinuxSockets.MsgDontWait) == 1)
            {
                DatagramsSent++;
                continue;
            }

            DatagramsDropped++;
            taken = false;
        }

        return taken;
    }
}

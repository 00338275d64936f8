using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Udp;

/// <summary>
/// One <c>recvmmsg</c> worth of datagrams in native memory. A message may hold several datagrams of one sender when the
/// kernel coalesced them (UDP_GRO). The memory is valid until the next <see cref="Receive"/>.
/// </summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    private const int MessageCapacity = 32, MessageBytes = 65536, AddressBytes = 32;
    // Room for a timestamp (32 bytes) and the size of coalesced datagrams (24).
    private const int ControlBytes = 64;
    // The header of one, and what the kernel rounds its length up to.
    private const int ControlHeaderBytes = 16, ControlAlignment = 8;
    // Older than this a stamp only says that the system clock was set.
    private const long OldestMicroseconds = 5_000_000;
    // Two clocks that are read further apart than this do not belong together: the thread lost its processor between them.
    private const long ReadingMicroseconds = 20;
    private const int Readings = 3;

    private readonly byte* _memory;
    private readonly byte* _addresses;
    private readonly byte* _controls;
    private readonly LinuxSockets.IoVector* _vectors;
    private readonly LinuxSockets.MultiMessageHeader* _messages;
    private long _readAt;
    private long _unixAtZero;

    public ReceiveBatch()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)MessageCapacity * MessageBytes, 64);
        _addresses = (byte*)NativeMemory.AllocZeroed(MessageCapacity, AddressBytes);
        _controls = (byte*)NativeMemory.AllocZeroed(MessageCapacity, ControlBytes);
        _vectors = (LinuxSockets.IoVector*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.IoVector));
        _messages = (LinuxSockets.MultiMessageHeader*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.MultiMessageHeader));
        for (var i = 0; i < MessageCapacity; i++)
        {
            _vectors[i] = new() { Base = _memory + ((nint)i * MessageBytes), Length = MessageBytes };
            ref var header = ref _messages[i].Header;
            header.Name = _addresses + (i * AddressBytes);
            header.Vectors = &_vectors[i];
            header.VectorCount = 1;
            header.Control = _controls + (i * ControlBytes);
        }
    }

    /// <summary>How many messages one call takes; a full batch means that more may wait.</summary>
    public static int Capacity => MessageCapacity;

    /// <summary>Takes what waits, up to <see cref="Capacity"/> messages; 0 when nothing does.</summary>
    public int Receive(int fd)
    {
        for (var i = 0; i < MessageCapacity; i++)
        {
            // The kernel shortens both on return.
            _messages[i].Header.NameLength = 28;
            _messages[i].Header.ControlLength = ControlBytes;
        }

        var count = LinuxSockets.ReceiveMessages(fd, _messages, MessageCapacity, LinuxSockets.MsgDontWait, null);
        if (count <= 0) return 0;
        ReadClocks();
        return count;
    }

    /// <summary>Sender of message <paramref name="index"/>.</summary>
    public SocketAddressValue Sender(int index) => SocketAddressValue.FromNative(_addresses + (index * AddressBytes));

    /// <summary>
    /// All bytes of the message; <paramref name="segment"/> is the size of each datagram in it but the last, and
    /// <paramref name="arrivedAt"/> when the kernel took it, in the worker's microseconds: a thread that comes late to its
    /// socket must not look like a queue on the sender's path.
    /// </summary>
    public Span<byte> Message(int index, out int segment, out long arrivedAt)
    {
        var length = (int)_messages[index].Length;
        segment = Math.Max(1, length);
        arrivedAt = _readAt;
        var control = _controls + (index * ControlBytes);
        var left = (nint)_messages[index].Header.ControlLength;
        while (left >= ControlHeaderBytes)
        {
            ref readonly var message = ref *(LinuxSockets.ControlMessage*)control;
            var size = (nint)message.Length;
            if (size < ControlHeaderBytes || size > left) break;
            var value = control + ControlHeaderBytes;
            if (message.Level == LinuxSockets.SolUdp && message.Type == LinuxSockets.UdpGro && size >= ControlHeaderBytes + sizeof(int))
            {
                if (message.Value > 0) segment = message.Value;
            }
            else if (message.Level == LinuxSockets.SolSocket && message.Type == LinuxSockets.SoTimestampNanoseconds
                && size >= ControlHeaderBytes + sizeof(LinuxSockets.TimeSpec))
            {
                arrivedAt = Arrival(*(LinuxSockets.TimeSpec*)value);
            }

            size = (size + ControlAlignment - 1) & -ControlAlignment;
            control += size;
            left -= size;
        }

        return new Span<byte>(_memory + ((nint)index * MessageBytes), length);
    }

    private void ReadClocks()
    {
        for (var reading = 0; reading < Readings; reading++)
        {
            var before = WallClock.Microseconds;
            var unix = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / 10;
            _readAt = WallClock.Microseconds;
            _unixAtZero = unix - _readAt;
            if (_readAt - before <= ReadingMicroseconds) return;
        }
    }

    private long Arrival(LinuxSockets.TimeSpec stamp)
    {
        var at = (stamp.Seconds * 1_000_000) + (stamp.Nanoseconds / 1000) - _unixAtZero;
        return at > _readAt || at < _readAt - OldestMicroseconds ? _readAt : at;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_messages);
    }
}

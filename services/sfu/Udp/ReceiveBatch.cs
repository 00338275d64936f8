using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Udp;

/// <summary>
/// One <c>recvmmsg</c> worth of datagrams in native memory. A message may hold several datagrams of one sender when the
/// kernel coalesced them (UDP_GRO). The memory is valid until the next <see cref="Receive"/>.
/// </summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    private const int MessageCapacity = 32, MessageBytes = 65536, AddressBytes = 32;
    private static readonly int ControlBytes = sizeof(LinuxSockets.ControlMessage);

    private readonly byte* _memory;
    private readonly byte* _addresses;
    private readonly LinuxSockets.ControlMessage* _controls;
    private readonly LinuxSockets.IoVector* _vectors;
    private readonly LinuxSockets.MultiMessageHeader* _messages;

    public ReceiveBatch()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)MessageCapacity * MessageBytes, 64);
        _addresses = (byte*)NativeMemory.AllocZeroed(MessageCapacity, AddressBytes);
        _controls = (LinuxSockets.ControlMessage*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)ControlBytes);
        _vectors = (LinuxSockets.IoVector*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.IoVector));
        _messages = (LinuxSockets.MultiMessageHeader*)NativeMemory.AllocZeroed(MessageCapacity, (nuint)sizeof(LinuxSockets.MultiMessageHeader));
        for (var i = 0; i < MessageCapacity; i++)
        {
            _vectors[i] = new() { Base = _memory + ((nint)i * MessageBytes), Length = MessageBytes };
            ref var header = ref _messages[i].Header;
            header.Name = _addresses + (i * AddressBytes);
            header.Vectors = &_vectors[i];
            header.VectorCount = 1;
            header.Control = (byte*)&_controls[i];
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
            _messages[i].Header.ControlLength = (nuint)ControlBytes;
        }

        var count = LinuxSockets.ReceiveMessages(fd, _messages, MessageCapacity, LinuxSockets.MsgDontWait, null);
        return Math.Max(0, count);
    }

    /// <summary>Sender of message <paramref name="index"/>.</summary>
    public SocketAddressValue Sender(int index) => SocketAddressValue.FromNative(_addresses + (index * AddressBytes));

    /// <summary>All bytes of the message; <paramref name="segment"/> is the size of each datagram in it but the last.</summary>
    public Span<byte> Message(int index, out int segment)
    {
        var length = (int)_messages[index].Length;
        ref var control = ref _controls[index];
        var coalesced = _messages[index].Header.ControlLength >= 20
            && control.Level == LinuxSockets.SolUdp && control.Type == LinuxSockets.UdpGro && control.Value > 0;
        segment = coalesced ? control.Value : Math.Max(1, length);
        return new Span<byte>(_memory + ((nint)index * MessageBytes), length);
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

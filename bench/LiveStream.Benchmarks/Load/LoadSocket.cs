using System.Net;
using System.Net.Sockets;
using static LiveStream.Sfu.Interop.LinuxSockets;

namespace LiveStream.Benchmarks.Load;

/// <summary>
/// One client's UDP socket, read in batches into buffers that all sockets of a thread share. The kernel stamps arrivals,
/// so that time spent waiting for this process to read is not counted as the server's.
/// </summary>
internal sealed unsafe class LoadSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly Dictionary<IPEndPoint, byte[]> _addresses = [];

    /// <param name="coalesces">Takes segmented messages whole (UDP_GRO), as a network card takes them from the sender.</param>
    public LoadSocket(bool coalesces = false)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        var size = 4 << 20;
        // Past the system's limit where that is permitted, so that a pause of this process does not count as loss.
        if (SetSocketOption(FileDescriptor, SolSocket, SoReceiveBufferForce, &size, sizeof(int)) != 0) _socket.ReceiveBufferSize = size;
        var on = 1;
        _ = SetSocketOption(FileDescriptor, SolSocket, LoadNative.SoTimestampNs, &on, sizeof(int));
        if (coalesces && SetSocketOption(FileDescriptor, SolUdp, UdpGro, &on, sizeof(int)) != 0) throw new InvalidOperationException("This kernel has no UDP_GRO.");
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public int FileDescriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <summary>Where it receives.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Sends that the kernel refused.</summary>
    public long SendFailures { get; private set; }

    public void Send(ReadOnlySpan<byte> datagram, IPEndPoint target)
    {
        if (!_addresses.TryGetValue(target, out var address)) _addresses.Add(target, address = LoadNative.ToSockAddr(target));
        fixed (byte* data = datagram, name = address)
        {
            if (LoadNative.SendTo(FileDescriptor, data, (nuint)datagram.Length, MsgDontWait, name, (uint)address.Length) < 0) SendFailures++;
        }
    }

    /// <summary>Reads what is there, at most one batch; returns how many messages.</summary>
    public int Receive(ReceiveBatch batch) => batch.Read(FileDescriptor);

    public void Dispose() => _socket.Dispose();
}

/// <summary>Buffers of one <c>recvmmsg</c> call. A message of a socket that coalesces may hold several datagrams.</summary>
internal sealed unsafe class ReceiveBatch
{
    public const int Size = 64;

    private const int BufferSize = 65536, ControlSize = 128;

    private readonly byte[] _buffers = GC.AllocateArray<byte>(Size * BufferSize, pinned: true);
    private readonly byte[] _controls = GC.AllocateArray<byte>(Size * ControlSize, pinned: true);
    private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(Size, pinned: true);
    private readonly MultiMessageHeader[] _headers = GC.AllocateArray<MultiMessageHeader>(Size, pinned: true);

    public ReceiveBatch()
    {
        fixed (byte* buffers = _buffers, controls = _controls)
        fixed (IoVector* vectors = _vectors)
        {
            for (var i = 0; i < Size; i++)
            {
                _vectors[i] = new IoVector { Base = buffers + i * BufferSize, Length = BufferSize };
                _headers[i].Header = new MessageHeader { Vectors = vectors + i, VectorCount = 1, Control = controls + i * ControlSize };
            }
        }
    }

    public int Read(int fd)
    {
        for (var i = 0; i < Size; i++) _headers[i].Header.ControlLength = ControlSize;
        fixed (MultiMessageHeader* headers = _headers)
        {
            return Math.Max(0, ReceiveMessages(fd, headers, Size, MsgDontWait, null));
        }
    }

    /// <summary>All bytes of a message; <paramref name="segment"/> is the size of each datagram in it but the last.</summary>
    public Span<byte> Message(int index, out int segment)
    {
        var length = (int)_headers[index].Length;
        var coalesced = Control(index, SolUdp, UdpGro);
        segment = coalesced is null ? Math.Max(1, length) : Math.Max(1, *(int*)coalesced);
        return _buffers.AsSpan(index * BufferSize, length);
    }

    /// <summary>When the kernel took the message; <paramref name="fallback"/> if it did not say.</summary>
    public TimeSpan Arrival(int index, TimeSpan fallback)
    {
        var time = Control(index, SolSocket, LoadNative.SoTimestampNs);
        return time is null ? fallback : LoadNative.ToTimeSpan(*(long*)time, *(long*)(time + 8));
    }

    // struct cmsghdr { size_t len; int level; int type; }, its value, and the next one at a multiple of 8 bytes.
    private byte* Control(int index, int level, int type)
    {
        ref var header = ref _headers[index].Header;
        for (nuint at = 0; at + 16 < header.ControlLength;)
        {
            var control = header.Control + at;
            var length = *(nuint*)control;
            if (length < 16 || at + length > header.ControlLength) return null;
            if (*(int*)(control + 8) == level && *(int*)(control + 12) == type) return control + 16;
            at += (length + 7) & ~(nuint)7;
        }

        return null;
    }
}

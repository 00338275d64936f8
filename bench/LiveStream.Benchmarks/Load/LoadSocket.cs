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

    public LoadSocket()
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        var size = 4 << 20;
        // Past the system's limit where that is permitted, so that a pause of this process does not count as loss.
        if (SetSocketOption(FileDescriptor, SolSocket, SoReceiveBufferForce, &size, sizeof(int)) != 0) _socket.ReceiveBufferSize = size;
        var on = 1;
        _ = SetSocketOption(FileDescriptor, SolSocket, LoadNative.SoTimestampNs, &on, sizeof(int));
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

    /// <summary>Reads what is there, at most one batch; returns how many datagrams.</summary>
    public int Receive(ReceiveBatch batch) => batch.Read(FileDescriptor);

    public void Dispose() => _socket.Dispose();
}

/// <summary>Buffers of one <c>recvmmsg</c> call.</summary>
internal sealed unsafe class ReceiveBatch
{
    public const int Size = 64;

    private const int BufferSize = 2048, ControlSize = 64;

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

    public Span<byte> Datagram(int index) => _buffers.AsSpan(index * BufferSize, (int)_headers[index].Length);

    /// <summary>When the kernel took the datagram; <paramref name="fallback"/> if it did not say.</summary>
    public TimeSpan Arrival(int index, TimeSpan fallback)
    {
        // struct cmsghdr { size_t len; int level; int type; } and then struct timespec.
        ref var header = ref _headers[index].Header;
        if (header.ControlLength < 32) return fallback;
        var control = header.Control;
        if (*(int*)(control + 8) != SolSocket || *(int*)(control + 12) != LoadNative.SoTimestampNs) return fallback;
        return LoadNative.ToTimeSpan(*(long*)(control + 16), *(long*)(control + 24));
    }
}

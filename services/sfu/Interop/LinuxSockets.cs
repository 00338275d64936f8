using System.Runtime.InteropServices;

namespace LiveStream.Sfu.Interop;

/// <summary>The socket calls that .NET does not offer in batches: recvmmsg, sendmmsg, epoll, eventfd (Linux x86-64 and arm64).</summary>
internal static unsafe partial class LinuxSockets
{
    internal const int AfInet = 2, AfInet6 = 10;
    internal const int SockDgram = 2, SockStream = 1;
    internal const int SockNonBlock = 0x800, SockCloseOnExec = 0x80000;
    internal const int SolSocket = 1, SolUdp = 17, IpProtoTcp = 6, IpProtoIpv6 = 41;
    internal const int SoTimestampNanoseconds = 35;
    internal const int SoReuseAddress = 2, SoSendBuffer = 7, SoReceiveBuffer = 8, SoSendBufferForce = 32, SoReceiveBufferForce = 33;
    internal const int IpProtoIp = 0, IpMtuDiscover = 10, PathMtuProbe = 3;
    internal const int TcpNoDelay = 1, Ipv6Only = 26;
    internal const int UdpSegment = 103, UdpGro = 104;
    internal const int MsgDontWait = 0x40, MsgNoSignal = 0x4000;
    internal const int EpollIn = 1, EpollOut = 4, EpollError = 8, EpollHangUp = 16;
    internal const int EpollCtlAdd = 1, EpollCtlDelete = 2, EpollCtlModify = 3;
    internal const int ErrorAgain = 11, ErrorInterrupted = 4, ErrorInProgress = 115, ErrorInvalid = 22, ErrorIo = 5, ErrorAddressInUse = 98;

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MultiMessageHeader
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary>cmsghdr with room for one 32-bit value.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Value;
        private readonly int _padding;
    }

    /// <summary>epoll_event is packed on x86-64 only.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct EpollEventPacked
    {
        public uint Events;
        public ulong Data;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int fd, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(int fd, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(int fd, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int fd, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int fd, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMessages(int fd, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMessages(int fd, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int fd, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, void* events, int maximum, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    internal static partial int Sleep(TimeSpec* time, TimeSpec* left);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);
}

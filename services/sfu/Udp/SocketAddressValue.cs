using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Udp;

/// <summary>
/// A remote transport address by value: the key under which datagrams find their transport. IPv4 is held as the mapped
/// IPv6 form, so that one table serves both socket families. Connections of ICE-TCP get a key of their own
/// (<see cref="ForConnection"/>) outside the address space.
/// </summary>
public readonly record struct SocketAddressValue(ulong High, ulong Low, ushort Port, ushort Family)
{
    private const ulong MappedPrefix = 0x0000FFFF_00000000;

    /// <summary>True for the key of a TCP connection.</summary>
    public bool IsConnection => Family == ushort.MaxValue;

    /// <summary>True where the address is IPv4, natively or mapped.</summary>
    public bool IsIpv4 => High == 0 && Low >> 32 == 0xFFFF;

    /// <summary>Key of a TCP connection, by its number on the worker.</summary>
    public static SocketAddressValue ForConnection(uint number) => new(0, number, 0, ushort.MaxValue);

    /// <summary>Reads a <c>sockaddr_in</c> or <c>sockaddr_in6</c>; other families give the default value.</summary>
    public static unsafe SocketAddressValue FromNative(byte* address)
    {
        var family = *(ushort*)address;
        var port = BinaryPrimitives.ReverseEndianness(*(ushort*)(address + 2));
        return family switch
        {
            LinuxSockets.AfInet => new(0, MappedPrefix | BinaryPrimitives.ReverseEndianness(*(uint*)(address + 4)), port, LinuxSockets.AfInet),
            LinuxSockets.AfInet6 => new(
                BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(address + 8)),
                BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(address + 16)),
                port,
                LinuxSockets.AfInet6),
            _ => default,
        };
    }

    /// <summary>Writes the native form; the buffer has 28 bytes. Returns the length used.</summary>
    public unsafe uint ToNative(byte* destination)
    {
        Unsafe.InitBlockUnaligned(destination, 0, 28);
        *(ushort*)destination = Family;
        *(ushort*)(destination + 2) = BinaryPrimitives.ReverseEndianness(Port);
        if (Family == LinuxSockets.AfInet)
        {
            *(uint*)(destination + 4) = BinaryPrimitives.ReverseEndianness((uint)Low);
            return 16;
        }

        Unsafe.WriteUnaligned(destination + 8, BinaryPrimitives.ReverseEndianness(High));
        Unsafe.WriteUnaligned(destination + 16, BinaryPrimitives.ReverseEndianness(Low));
        return 28;
    }

    /// <summary>The value of a managed endpoint, in its own family.</summary>
    public static SocketAddressValue FromEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.MapToIPv6().TryWriteBytes(bytes, out _);
        var family = endPoint.AddressFamily == AddressFamily.InterNetwork ? LinuxSockets.AfInet : LinuxSockets.AfInet6;
        return new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), (ushort)endPoint.Port, (ushort)family);
    }

    /// <summary>Writes the bare address: 4 bytes for IPv4, 16 for IPv6; returns how many.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsIpv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
        return 16;
    }

    /// <summary>For logs.</summary>
    public override string ToString()
    {
        if (IsConnection) return $"tcp#{Low}";
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteAddress(bytes);
        return new IPEndPoint(new IPAddress(bytes[..length]), Port).ToString();
    }
}

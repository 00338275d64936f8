using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>Nonces and associated data of RFC 7714 §8 and §9. Words read from a packet stay in network order.</summary>
internal static unsafe class GcmLayout
{
    public const int TagSize = 16, RtpOverhead = TagSize, RtcpOverhead = TagSize + sizeof(uint);

    /// <summary>Associated data of an SRTCP packet: 8 bytes of header, then the E bit and index (RFC 7714 §9.2).</summary>
    public const int RtcpHeaderSize = 12;

    /// <summary>A 12-byte salt with the block number 1 behind it.</summary>
    public static Vector128<uint> Salt(ReadOnlySpan<byte> salt)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        salt[..12].CopyTo(padded);
        return Vector128.Create<byte>(padded).AsUInt32().WithElement(3, 1u);
    }

    /// <summary>
    /// <code>
    ///  0  0  1  1  2  2  3  3  4  4  5  5
    /// |00|00|    SSRC   |    ROC    | SEQ |  XOR salt   (RFC 7714 §8.1)
    /// </code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RtpNonce(byte* packet, uint rolloverCounter, Vector128<uint> salt)
    {
        var sequenceNumber = *(ushort*)(packet + 2);
        var ssrc = *(uint*)(packet + 8);
        var rollover = BinaryPrimitives.ReverseEndianness(rolloverCounter);
        var low = ((ulong)ssrc << 16) | ((ulong)rollover << 48);
        var high = (rollover >> 16) | ((ulong)sequenceNumber << 16);
        return Vector128.Create(low, high).AsUInt32() ^ salt;
    }

    /// <summary>
    /// <code>
    ///  0  0  1  1  2  2  3  3  4  4  5  5
    /// |00|00|    SSRC   |00|00|0+SRTCP idx|  XOR salt   (RFC 7714 §9.1)
    /// </code>
    /// </summary>
    public static Vector128<uint> RtcpNonce(byte* packet, uint index, Vector128<uint> salt)
    {
        var low = (ulong)*(uint*)(packet + 4) << 16;
        return Vector128.Create(low, BinaryPrimitives.ReverseEndianness(index)).AsUInt32() ^ salt;
    }

    /// <summary>Puts together the associated data of an SRTCP packet.</summary>
    public static void WriteRtcpHeader(byte* header, byte* packet, uint indexWord)
    {
        *(ulong*)header = *(ulong*)packet;
        *(uint*)(header + 8) = indexWord;
    }
}

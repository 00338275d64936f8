using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>Loads and stores 1 to 15 bytes of a 16-byte block without touching memory beyond them.</summary>
internal static unsafe class PartialBlock
{
    private static ReadOnlySpan<byte> Masks =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The bytes, followed by zeros.</summary>
    public static Vector128<byte> Load(byte* source, int length)
    {
        // Two loads that overlap in the middle carry the same bits there, so OR joins them.
        if (length >= 8)
        {
            var low = *(ulong*)source;
            var high = length == 8 ? 0 : *(ulong*)(source + length - 8) >> (8 * (16 - length));
            return Vector128.Create(low, high).AsByte();
        }

        if (length >= 4)
        {
            var bits = *(uint*)source | ((ulong)*(uint*)(source + length - 4) << (8 * (length - 4)));
            return Vector128.CreateScalar(bits).AsByte();
        }

        ulong few = source[0];
        if (length >= 2) few |= (ulong)source[1] << 8;
        if (length == 3) few |= (ulong)source[2] << 16;
        return Vector128.CreateScalar(few).AsByte();
    }

    /// <summary>Writes the first <paramref name="length"/> bytes of the block.</summary>
    public static void Store(byte* destination, Vector128<byte> block, int length)
    {
        var low = block.AsUInt64()[0];
        if (length >= 8)
        {
            var high = block.AsUInt64()[1];
            *(ulong*)destination = low;
            if (length > 8) *(ulong*)(destination + length - 8) = (low >> (8 * (length - 8))) | (high << (8 * (16 - length)));
            return;
        }

        if (length >= 4)
        {
            *(uint*)destination = (uint)low;
            *(uint*)(destination + length - 4) = (uint)(low >> (8 * (length - 4)));
            return;
        }

        destination[0] = (byte)low;
        if (length >= 2) destination[1] = (byte)(low >> 8);
        if (length == 3) destination[2] = (byte)(low >> 16);
    }

    /// <summary>All ones in the first <paramref name="length"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Mask(int length) =>
        Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Masks), (nuint)(16 - length));
}

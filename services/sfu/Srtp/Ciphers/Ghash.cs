using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>Byte order and table of powers for GHASH (NIST SP 800-38D §6.4).</summary>
internal static unsafe class Ghash
{
    /// <summary>Powers in the table: a batch of sixteen, and four more so that the sixteenth starts a cache line.</summary>
    public const int PowerCount = 20;

    /// <summary>Bytes of the table.</summary>
    public const int TableSize = PowerCount * 16;

    /// <summary>Reverses the bytes of a block.</summary>
    public static Vector128<byte> ReverseMask
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    /// <summary>A block as field element, or back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reverse(Vector128<byte> block) => Ssse3.Shuffle(block, ReverseMask).AsUInt64();

    /// <summary>Where the power for a block stands that is <paramref name="exponent"/> blocks from the end of its batch, counting itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Power(byte* table, int exponent) => table + (PowerCount - exponent) * 16;

    /// <summary>Fills the table with x·H^20 … x·H^1 for the hash key H = AES(0).</summary>
    public static void FillTable(Vector128<byte> hashKey, byte* table)
    {
        var first = TimesX(Reverse(hashKey));
        var power = first;
        power.AsByte().Store(Power(table, 1));
        for (var exponent = 2; exponent <= PowerCount; exponent++)
        {
            var product = default(GhashProduct);
            product.Add(power, first);
            power = product.Reduce();
            power.AsByte().Store(Power(table, exponent));
        }
    }

    private static Vector128<ulong> TimesX(Vector128<ulong> element)
    {
        ulong low = element[0], high = element[1];
        // All ones when a bit falls out at the top; without a branch, as H is secret.
        var carry = 0 - (high >> 63);
        high = (high << 1) | (low >> 63);
        low <<= 1;
        return Vector128.Create(low ^ (carry & 1), high ^ (carry & 0xC200000000000000));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// A sum of 256-bit carry-less products that is not reduced yet: low, middle and high part, the middle 64 bits up.
/// Elements of the field are byte-reversed blocks; one factor of each product is a power of H times x, which makes up for
/// the bit order of GHASH (NIST SP 800-38D §6.3), so that no product has to be shifted.
/// </summary>
internal struct GhashProduct
{
    public Vector128<ulong> Low, Middle, High;

    // x^128 + x^7 + x^2 + x + 1 with its bits reversed; the quotient of a 64-bit step needs only this half.
    private const ulong Polynomial = 0xC200000000000000;

    /// <summary>Adds one product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector128<ulong> element, Vector128<ulong> power)
    {
        Low ^= Pclmulqdq.CarrylessMultiply(element, power, 0x00);
        High ^= Pclmulqdq.CarrylessMultiply(element, power, 0x11);
        Middle ^= Pclmulqdq.CarrylessMultiply(element, power, 0x01) ^ Pclmulqdq.CarrylessMultiply(element, power, 0x10);
    }

    /// <summary>The sum as a field element: two 64-bit steps of a Montgomery reduction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<ulong> Reduce()
    {
        var polynomial = Vector128.CreateScalar(Polynomial);
        var low = Low ^ Sse2.ShiftLeftLogical128BitLane(Middle, 8);
        var high = High ^ Sse2.ShiftRightLogical128BitLane(Middle, 8);
        low = SwapHalves(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        low = SwapHalves(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        return low ^ high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> SwapHalves(Vector128<ulong> value) => Sse2.Shuffle(value.AsUInt32(), 0x4E).AsUInt64();
}

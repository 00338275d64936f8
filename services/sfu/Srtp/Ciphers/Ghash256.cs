using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>Two blocks for each multiplication: VPCLMULQDQ on 256-bit registers.</summary>
internal readonly unsafe struct Ghash256 : IGhashKernel
{
    public static bool IsSupported => Pclmulqdq.V256.IsSupported && Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GhashProduct Multiply16(Vector128<ulong> state, byte* data, byte* powers) => Multiply(state, data, powers, 16);

    public static GhashProduct Multiply(Vector128<ulong> state, byte* data, byte* powers, int blocks)
    {
        Vector256<ulong> low = default, middle = default, high = default;
        var carry = state.ToVector256();
        for (; blocks >= 2; blocks -= 2)
        {
            var reverse = Vector256.Create(Ghash.ReverseMask, Ghash.ReverseMask);
            var element = Avx2.Shuffle(Vector256.Load(data), reverse).AsUInt64() ^ carry;
            var power = Vector256.Load(powers).AsUInt64();
            low ^= Pclmulqdq.V256.CarrylessMultiply(element, power, 0x00);
            high ^= Pclmulqdq.V256.CarrylessMultiply(element, power, 0x11);
            middle ^= Pclmulqdq.V256.CarrylessMultiply(element, power, 0x01) ^ Pclmulqdq.V256.CarrylessMultiply(element, power, 0x10);
            carry = default;
            data += 32;
            powers += 32;
        }

        var sum = new GhashProduct
        {
            Low = low.GetLower() ^ low.GetUpper(),
            Middle = middle.GetLower() ^ middle.GetUpper(),
            High = high.GetLower() ^ high.GetUpper(),
        };
        if (blocks > 0) sum.Add(Ghash.Reverse(Vector128.Load(data)) ^ carry.GetLower(), Vector128.Load(powers).AsUInt64());
        return sum;
    }
}

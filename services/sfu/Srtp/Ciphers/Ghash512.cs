using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>Four blocks for each multiplication: VPCLMULQDQ on 512-bit registers.</summary>
internal readonly unsafe struct Ghash512 : IGhashKernel
{
    public static bool IsSupported => Pclmulqdq.V512.IsSupported && Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GhashProduct Multiply16(Vector128<ulong> state, byte* data, byte* powers)
    {
        var sum = default(Sum);
        sum.Add(data, powers, state.ToVector256().ToVector512());
        sum.Add(data + 64, powers + 64, default);
        sum.Add(data + 128, powers + 128, default);
        sum.Add(data + 192, powers + 192, default);
        return sum.Fold();
    }

    public static GhashProduct Multiply(Vector128<ulong> state, byte* data, byte* powers, int blocks)
    {
        var product = default(GhashProduct);
        if (blocks >= 4)
        {
            var sum = default(Sum);
            sum.Add(data, powers, state.ToVector256().ToVector512());
            for (blocks -= 4; ; blocks -= 4)
            {
                state = default;
                data += 64;
                powers += 64;
                if (blocks < 4) break;
                sum.Add(data, powers, default);
            }

            product = sum.Fold();
        }

        for (; blocks > 0; blocks--)
        {
            product.Add(Ghash.Reverse(Vector128.Load(data)) ^ state, Vector128.Load(powers).AsUInt64());
            state = default;
            data += 16;
            powers += 16;
        }

        return product;
    }

    private struct Sum
    {
        private Vector512<ulong> _low, _middle, _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(byte* data, byte* powers, Vector512<ulong> carry)
        {
            var reverse = Vector256.Create(Ghash.ReverseMask, Ghash.ReverseMask);
            var element = Avx512BW.Shuffle(Vector512.Load(data), Vector512.Create(reverse, reverse)).AsUInt64() ^ carry;
            var power = Vector512.Load(powers).AsUInt64();
            _low ^= Pclmulqdq.V512.CarrylessMultiply(element, power, 0x00);
            _high ^= Pclmulqdq.V512.CarrylessMultiply(element, power, 0x11);
            _middle ^= Pclmulqdq.V512.CarrylessMultiply(element, power, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(element, power, 0x10);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly GhashProduct Fold() => new() { Low = Fold(_low), Middle = Fold(_middle), High = Fold(_high) };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<ulong> Fold(Vector512<ulong> value)
        {
            var half = value.GetLower() ^ value.GetUpper();
            return half.GetLower() ^ half.GetUpper();
        }
    }
}

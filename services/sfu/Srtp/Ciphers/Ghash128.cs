using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>One block for each multiplication: PCLMULQDQ.</summary>
internal readonly unsafe struct Ghash128 : IGhashKernel
{
    public static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GhashProduct Multiply16(Vector128<ulong> state, byte* data, byte* powers) => Multiply(state, data, powers, 16);

    public static GhashProduct Multiply(Vector128<ulong> state, byte* data, byte* powers, int blocks)
    {
        var sum = default(GhashProduct);
        for (; blocks > 0; blocks--)
        {
            sum.Add(Ghash.Reverse(Vector128.Load(data)) ^ state, Vector128.Load(powers).AsUInt64());
            state = default;
            data += 16;
            powers += 16;
        }

        return sum;
    }
}

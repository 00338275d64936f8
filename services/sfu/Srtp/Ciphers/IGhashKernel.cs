using System.Runtime.Intrinsics;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// The inner loop of GHASH at one vector width. A type argument, so that each width becomes code of its own.
/// </summary>
internal unsafe interface IGhashKernel
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>
    /// Sums block · power over <paramref name="blocks"/> whole blocks; <paramref name="state"/> is XORed into the first.
    /// <paramref name="powers"/> points to the power of the first block, the others follow in descending order.
    /// </summary>
    static abstract GhashProduct Multiply(Vector128<ulong> state, byte* data, byte* powers, int blocks);

    /// <summary>The same for exactly sixteen blocks.</summary>
    static abstract GhashProduct Multiply16(Vector128<ulong> state, byte* data, byte* powers);
}

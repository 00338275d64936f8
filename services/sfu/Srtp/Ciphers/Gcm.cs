using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// AES-128-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag, on AES-NI and carry-less multiplication.
/// A key is <see cref="KeySize"/> bytes of tables: round keys, then powers of the hash key.
/// </summary>
internal static unsafe class Gcm<TKernel>
    where TKernel : struct, IGhashKernel
{
    /// <summary>Bytes of a key's tables.</summary>
    public const int KeySize = PowersOffset + Ghash.TableSize;

    /// <summary>Bytes of the tag.</summary>
    public const int TagSize = 16;

    private const int PowersOffset = 192, Batch = 256, BatchBlocks = 16;

    /// <summary>Whether this processor has what the methods here use.</summary>
    public static bool IsSupported => AesNi.IsSupported && TKernel.IsSupported;

    /// <summary>Fills the tables of a 16-byte key. The memory is aligned to 64 bytes.</summary>
    public static void ExpandKey(ReadOnlySpan<byte> key, byte* tables)
    {
        AesNi.ExpandKey(key, tables);
        Ghash.FillTable(AesNi.EncryptBlock(tables, default), tables + PowersOffset);
    }

    /// <summary>
    /// Encrypts and writes the tag. <paramref name="counter"/> is the nonce with 1 as last word. Source and destination are
    /// the same or do not overlap.
    /// </summary>
    [SkipLocalsInit]
    public static void Seal(
        byte* tables, Vector128<uint> counter, byte* header, int headerLength, byte* source, byte* destination, int length, byte* tag)
    {
        var powers = tables + PowersOffset;
        var tagCounter = counter;
        counter = AesNi.Advance(counter, 1);
        var state = HashHeader(powers, header, headerLength);
        var total = length;

        // Hashing runs one batch behind: the two units work at the same time, and no load waits for a fresh store.
        byte* pending = null;
        while (length >= Batch)
        {
            AesNi.Xor8(tables, counter, source, destination);
            AesNi.Xor8(tables, AesNi.Advance(counter, 8), source + AesNi.Stride, destination + AesNi.Stride);
            if (pending != null) state = TKernel.Multiply16(state, pending, Ghash.Power(powers, BatchBlocks)).Reduce();
            pending = destination;
            counter = AesNi.Advance(counter, BatchBlocks);
            source += Batch;
            destination += Batch;
            length -= Batch;
        }

        var rest = destination;
        if (length >= AesNi.Stride)
        {
            AesNi.Xor8(tables, counter, source, destination);
            counter = AesNi.Advance(counter, 8);
            source += AesNi.Stride;
            destination += AesNi.Stride;
            length -= AesNi.Stride;
        }

        var stream = stackalloc byte[AesNi.Stride];
        AesNi.Stream8(tables, counter, tagCounter, stream);
        // Only a tail of 113 to 127 bytes needs the eighth block itself.
        var mask = Vector128.Load(stream + 112);
        if (length > 112) AesNi.EncryptBlock(tables, AesNi.ToBlock(AesNi.Advance(counter, 7))).Store(stream + 112);
        if (pending != null) state = TKernel.Multiply16(state, pending, Ghash.Power(powers, BatchBlocks)).Reduce();
        var last = AesNi.XorTail(source, destination, stream, length);
        state = HashRest(powers, state, rest, (int)(destination - rest) + length, last, headerLength, total);
        (mask ^ Ghash.Reverse(state.AsByte()).AsByte()).Store(tag);
    }

    /// <summary>Decrypts in place if the tag matches; otherwise changes nothing. Compares in constant time.</summary>
    [SkipLocalsInit]
    public static bool Open(byte* tables, Vector128<uint> counter, byte* header, int headerLength, byte* data, int length, byte* tag)
    {
        var powers = tables + PowersOffset;
        var mask = AesNi.EncryptBlock(tables, AesNi.ToBlock(counter));
        var state = HashHeader(powers, header, headerLength);
        var at = data;
        var left = length;
        for (; left >= Batch; left -= Batch)
        {
            state = TKernel.Multiply16(state, at, Ghash.Power(powers, BatchBlocks)).Reduce();
            at += Batch;
        }

        var last = (left & 15) == 0 ? default : PartialBlock.Load(at + (left & ~15), left & 15);
        state = HashRest(powers, state, at, left, last, headerLength, length);
        if ((mask ^ Ghash.Reverse(state.AsByte()).AsByte()) != Vector128.Load(tag)) return false;

        AesNi.Xor(tables, AesNi.Advance(counter, 1), data, data, length);
        return true;
    }

    private static Vector128<ulong> HashHeader(byte* powers, byte* header, int length)
    {
        Vector128<ulong> state = default;
        for (; length >= 16; length -= 16)
        {
            state = HashBlock(powers, state, Vector128.Load(header));
            header += 16;
        }

        return length > 0 ? HashBlock(powers, state, PartialBlock.Load(header, length)) : state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> HashBlock(byte* powers, Vector128<ulong> state, Vector128<byte> block)
    {
        var product = default(GhashProduct);
        product.Add(Ghash.Reverse(block) ^ state, Vector128.Load(Ghash.Power(powers, 1)).AsUInt64());
        return product.Reduce();
    }

    // Fewer than sixteen blocks, a partial one among them, and the block of lengths: one batch of at most seventeen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> HashRest(
        byte* powers, Vector128<ulong> state, byte* data, int length, Vector128<byte> last, int headerLength, int totalLength)
    {
        var whole = length / 16;
        var partial = (length & 15) == 0 ? 0 : 1;
        GhashProduct product = default;
        if (whole > 0)
        {
            product = TKernel.Multiply(state, data, Ghash.Power(powers, whole + partial + 1), whole);
            state = default;
        }

        if (partial != 0)
        {
            product.Add(Ghash.Reverse(last) ^ state, Vector128.Load(Ghash.Power(powers, 2)).AsUInt64());
            state = default;
        }

        var lengths = Vector128.Create((ulong)totalLength * 8, (ulong)headerLength * 8);
        product.Add(lengths ^ state, Vector128.Load(Ghash.Power(powers, 1)).AsUInt64());
        return product.Reduce();
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// AES-128 in counter mode by AES-NI, eight blocks at a time: enough to hide the latency of a round.
/// A counter is a block whose last 32 bits stand as a number (not big-endian), so that it can be added to.
/// </summary>
internal static unsafe class AesNi
{
    /// <summary>Eleven round keys of 16 bytes.</summary>
    public const int ScheduleSize = 176;

    /// <summary>Bytes that <see cref="Xor8"/> handles.</summary>
    public const int Stride = 128;

    /// <summary>Whether this processor has what the methods here use.</summary>
    public static bool IsSupported => X86Aes.IsSupported && Ssse3.IsSupported;

    private static Vector128<byte> SwapLastWord
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12);
    }

    /// <summary>Writes the round keys of a 16-byte key (FIPS 197 §5.2).</summary>
    public static void ExpandKey(ReadOnlySpan<byte> key, byte* schedule)
    {
        var k = Vector128.Create(key[..16]);
        k.Store(schedule);
        // The round constant is an immediate of the instruction, so this cannot be a loop.
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x01), schedule + 16);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x02), schedule + 32);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x04), schedule + 48);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x08), schedule + 64);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x10), schedule + 80);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x20), schedule + 96);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x40), schedule + 112);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x80), schedule + 128);
        k = NextRoundKey(k, X86Aes.KeygenAssist(k, 0x1B), schedule + 144);
        NextRoundKey(k, X86Aes.KeygenAssist(k, 0x36), schedule + 160);
    }

    private static Vector128<byte> NextRoundKey(Vector128<byte> key, Vector128<byte> assist, byte* output)
    {
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        key ^= Sse2.Shuffle(assist.AsUInt32(), 0xFF).AsByte();
        key.Store(output);
        return key;
    }

    /// <summary>One block.</summary>
    public static Vector128<byte> EncryptBlock(byte* schedule, Vector128<byte> block)
    {
        block ^= Vector128.Load(schedule);
        for (var round = 16; round < 160; round += 16) block = X86Aes.Encrypt(block, Vector128.Load(schedule + round));
        return X86Aes.EncryptLast(block, Vector128.Load(schedule + 160));
    }

    /// <summary>The block that stands for a counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ToBlock(Vector128<uint> counter) => Ssse3.Shuffle(counter.AsByte(), SwapLastWord);

    /// <summary>The counter <paramref name="blocks"/> further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Advance(Vector128<uint> counter, uint blocks) => counter + Vector128.Create(0u, 0u, 0u, blocks);

    /// <summary>
    /// XORs <paramref name="length"/> bytes with the key stream that starts at <paramref name="counter"/>. Source and
    /// destination may be the same.
    /// </summary>
    [SkipLocalsInit]
    public static void Xor(byte* schedule, Vector128<uint> counter, byte* source, byte* destination, int length)
    {
        while (length >= Stride)
        {
            Xor8(schedule, counter, source, destination);
            counter = Advance(counter, 8);
            source += Stride;
            destination += Stride;
            length -= Stride;
        }

        if (length == 0) return;
        var stream = stackalloc byte[Stride];
        Stream8(schedule, counter, Advance(counter, 7), stream);
        XorTail(source, destination, stream, length);
    }

    /// <summary>XORs fewer than 128 bytes with a ready key stream. Touches no byte beyond.</summary>
    /// <returns>The last, partial block of the output, zero-padded; zero when the length is a multiple of 16.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> XorTail(byte* source, byte* destination, byte* stream, int length)
    {
        var offset = 0;
        for (; length - offset >= 16; offset += 16)
        {
            (Vector128.Load(source + offset) ^ Vector128.Load(stream + offset)).Store(destination + offset);
        }

        var rest = length - offset;
        if (rest == 0) return default;
        var last = (PartialBlock.Load(source + offset, rest) ^ Vector128.Load(stream + offset)) & PartialBlock.Mask(rest);
        PartialBlock.Store(destination + offset, last, rest);
        return last;
    }

    /// <summary>XORs 128 bytes with eight blocks of key stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Xor8(byte* schedule, Vector128<uint> counter, byte* source, byte* destination)
    {
        var key = Vector128.Load(schedule);
        var b0 = ToBlock(counter) ^ key;
        var b1 = ToBlock(Advance(counter, 1)) ^ key;
        var b2 = ToBlock(Advance(counter, 2)) ^ key;
        var b3 = ToBlock(Advance(counter, 3)) ^ key;
        var b4 = ToBlock(Advance(counter, 4)) ^ key;
        var b5 = ToBlock(Advance(counter, 5)) ^ key;
        var b6 = ToBlock(Advance(counter, 6)) ^ key;
        var b7 = ToBlock(Advance(counter, 7)) ^ key;
        for (var round = 16; round < 160; round += 16)
        {
            key = Vector128.Load(schedule + round);
            b0 = X86Aes.Encrypt(b0, key);
            b1 = X86Aes.Encrypt(b1, key);
            b2 = X86Aes.Encrypt(b2, key);
            b3 = X86Aes.Encrypt(b3, key);
            b4 = X86Aes.Encrypt(b4, key);
            b5 = X86Aes.Encrypt(b5, key);
            b6 = X86Aes.Encrypt(b6, key);
            b7 = X86Aes.Encrypt(b7, key);
        }

        // XORing the data into the last round key saves a step behind the last round.
        key = Vector128.Load(schedule + 160);
        X86Aes.EncryptLast(b0, key ^ Vector128.Load(source)).Store(destination);
        X86Aes.EncryptLast(b1, key ^ Vector128.Load(source + 16)).Store(destination + 16);
        X86Aes.EncryptLast(b2, key ^ Vector128.Load(source + 32)).Store(destination + 32);
        X86Aes.EncryptLast(b3, key ^ Vector128.Load(source + 48)).Store(destination + 48);
        X86Aes.EncryptLast(b4, key ^ Vector128.Load(source + 64)).Store(destination + 64);
        X86Aes.EncryptLast(b5, key ^ Vector128.Load(source + 80)).Store(destination + 80);
        X86Aes.EncryptLast(b6, key ^ Vector128.Load(source + 96)).Store(destination + 96);
        X86Aes.EncryptLast(b7, key ^ Vector128.Load(source + 112)).Store(destination + 112);
    }

    /// <summary>
    /// Eight blocks of key stream: seven from <paramref name="counter"/> on, the eighth from <paramref name="eighth"/>,
    /// which lets a caller have an unrelated block made for free.
    /// </summary>
    public static void Stream8(byte* schedule, Vector128<uint> counter, Vector128<uint> eighth, byte* stream)
    {
        var key = Vector128.Load(schedule);
        var b0 = ToBlock(counter) ^ key;
        var b1 = ToBlock(Advance(counter, 1)) ^ key;
        var b2 = ToBlock(Advance(counter, 2)) ^ key;
        var b3 = ToBlock(Advance(counter, 3)) ^ key;
        var b4 = ToBlock(Advance(counter, 4)) ^ key;
        var b5 = ToBlock(Advance(counter, 5)) ^ key;
        var b6 = ToBlock(Advance(counter, 6)) ^ key;
        var b7 = ToBlock(eighth) ^ key;
        for (var round = 16; round < 160; round += 16)
        {
            key = Vector128.Load(schedule + round);
            b0 = X86Aes.Encrypt(b0, key);
            b1 = X86Aes.Encrypt(b1, key);
            b2 = X86Aes.Encrypt(b2, key);
            b3 = X86Aes.Encrypt(b3, key);
            b4 = X86Aes.Encrypt(b4, key);
            b5 = X86Aes.Encrypt(b5, key);
            b6 = X86Aes.Encrypt(b6, key);
            b7 = X86Aes.Encrypt(b7, key);
        }

        key = Vector128.Load(schedule + 160);
        X86Aes.EncryptLast(b0, key).Store(stream);
        X86Aes.EncryptLast(b1, key).Store(stream + 16);
        X86Aes.EncryptLast(b2, key).Store(stream + 32);
        X86Aes.EncryptLast(b3, key).Store(stream + 48);
        X86Aes.EncryptLast(b4, key).Store(stream + 64);
        X86Aes.EncryptLast(b5, key).Store(stream + 80);
        X86Aes.EncryptLast(b6, key).Store(stream + 96);
        X86Aes.EncryptLast(b7, key).Store(stream + 112);
    }
}

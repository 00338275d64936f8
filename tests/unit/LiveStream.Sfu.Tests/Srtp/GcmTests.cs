using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Sfu.Tests.Srtp;

/// <summary>Each vector width against the platform's AES-GCM.</summary>
public sealed unsafe class GcmTests
{
    private const int Slack = 64;
    private const byte Canary = 0xA5;

    [Fact]
    public void Seal_Width512EveryLength_EqualsPlatform() => CompareAll<Ghash512>(seed: 1);

    [Fact]
    public void Seal_Width256EveryLength_EqualsPlatform() => CompareAll<Ghash256>(seed: 2);

    [Fact]
    public void Seal_Width128EveryLength_EqualsPlatform() => CompareAll<Ghash128>(seed: 3);

    [Fact]
    public void Seal_Width512FarBeyondAPacket_EqualsPlatform() => CompareLarge<Ghash512>();

    [Fact]
    public void Seal_Width128FarBeyondAPacket_EqualsPlatform() => CompareLarge<Ghash128>();

    private static void CompareAll<TKernel>(int seed)
        where TKernel : struct, IGhashKernel
    {
        if (!Gcm<TKernel>.IsSupported) return;
        var random = new Random(seed);
        for (var length = 0; length <= 1500; length++)
        {
            for (var repeat = 0; repeat < 2; repeat++) Compare<TKernel>(random, length, random.Next(0, 96), inPlace: repeat == 1);
        }

        for (var header = 0; header <= 96; header++) Compare<TKernel>(random, random.Next(1500), header, inPlace: false);
    }

    private static void CompareLarge<TKernel>()
        where TKernel : struct, IGhashKernel
    {
        if (!Gcm<TKernel>.IsSupported) return;
        var random = new Random(4);
        foreach (var length in new[] { 4080, 4096, 5000, 16384, 65535 }) Compare<TKernel>(random, length, 300, inPlace: false);
    }

    private static void Compare<TKernel>(Random random, int length, int headerLength, bool inPlace)
        where TKernel : struct, IGhashKernel
    {
        byte[] key = new byte[16], nonce = new byte[12], header = new byte[headerLength], plain = new byte[length];
        random.NextBytes(key);
        random.NextBytes(nonce);
        random.NextBytes(header);
        random.NextBytes(plain);
        byte[] expected = new byte[length + 16];
        using (var platform = new AesGcm(key, 16))
        {
            platform.Encrypt(nonce, plain, expected.AsSpan(0, length), expected.AsSpan(length), header);
        }

        using var tables = new KeyMemory(Gcm<TKernel>.KeySize);
        Gcm<TKernel>.ExpandKey(key, tables.Pointer);
        var counter = Vector128.Create(
            BinaryPrimitives.ReadUInt32LittleEndian(nonce), BinaryPrimitives.ReadUInt32LittleEndian(nonce.AsSpan(4)),
            BinaryPrimitives.ReadUInt32LittleEndian(nonce.AsSpan(8)), 1u);

        // An odd start, so that no load is aligned by luck.
        var start = random.Next(1, 16);
        var buffer = new byte[start + length + 16 + Slack];
        buffer.AsSpan().Fill(Canary);
        if (inPlace) plain.CopyTo(buffer, start);
        fixed (byte* source = plain, output = buffer, aad = header)
        {
            var body = output + start;
            Gcm<TKernel>.Seal(tables.Pointer, counter, aad, headerLength, inPlace ? body : source, body, length, body + length);
            Assert.True(expected.AsSpan().SequenceEqual(buffer.AsSpan(start, length + 16)), $"length {length}, header {headerLength}");
            AssertUntouched(buffer, start, length + 16);

            Assert.True(Gcm<TKernel>.Open(tables.Pointer, counter, aad, headerLength, body, length, body + length));
            Assert.True(plain.AsSpan().SequenceEqual(buffer.AsSpan(start, length)));
            Assert.True(expected.AsSpan(length).SequenceEqual(buffer.AsSpan(start + length, 16)));
            AssertUntouched(buffer, start, length + 16);
        }
    }

    private static void AssertUntouched(byte[] buffer, int start, int length)
    {
        Assert.True(buffer.AsSpan(0, start).IndexOfAnyExcept(Canary) < 0, "wrote before the output");
        Assert.True(buffer.AsSpan(start + length).IndexOfAnyExcept(Canary) < 0, "wrote behind the output");
    }
}

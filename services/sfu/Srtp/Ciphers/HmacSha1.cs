using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// HMAC-SHA1 (RFC 2104) over a packet and a trailing 32-bit word. The states behind the inner and the outer pad are
/// computed once for each key, which saves two of the compressions of a short packet.
/// </summary>
internal sealed unsafe class HmacSha1 : IDisposable
{
    /// <summary>Bytes of an untruncated tag.</summary>
    public const int DigestSize = OpenSslSha1.DigestSize;

    private const int BlockSize = 64;
    private readonly KeyMemory? _states;
    private readonly IncrementalHash? _platform;

    /// <summary>Takes a key of at most 64 bytes. <paramref name="native"/> false forces the platform's HMAC.</summary>
    public HmacSha1(ReadOnlySpan<byte> key, bool native = true)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, BlockSize);
        if (!native || !OpenSslSha1.IsAvailable)
        {
            _platform = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);
            return;
        }

        _states = new KeyMemory(2 * OpenSslSha1.StateSize);
        Absorb(_states.Pointer, key, 0x36);
        Absorb(_states.Pointer + OpenSslSha1.StateSize, key, 0x5C);
    }

    /// <summary>Writes 20 bytes: the tag of <paramref name="data"/> followed by <paramref name="word"/> as it lies in memory.</summary>
    [SkipLocalsInit]
    public void Compute(byte* data, int length, uint word, byte* digest)
    {
        if (_states is null)
        {
            _platform!.AppendData(new ReadOnlySpan<byte>(data, length));
            _platform.AppendData(new ReadOnlySpan<byte>(&word, sizeof(uint)));
            _platform.GetHashAndReset(new Span<byte>(digest, DigestSize));
            return;
        }

        var state = stackalloc byte[OpenSslSha1.StateSize];
        Unsafe.CopyBlockUnaligned(state, _states.Pointer, OpenSslSha1.StateSize);
        OpenSslSha1.Update(state, data, (nuint)length);
        OpenSslSha1.Update(state, (byte*)&word, sizeof(uint));
        OpenSslSha1.Final(digest, state);
        Unsafe.CopyBlockUnaligned(state, _states.Pointer + OpenSslSha1.StateSize, OpenSslSha1.StateSize);
        OpenSslSha1.Update(state, digest, DigestSize);
        OpenSslSha1.Final(digest, state);
        GC.KeepAlive(_states);
    }

    public void Dispose()
    {
        _states?.Dispose();
        _platform?.Dispose();
    }

    private static void Absorb(byte* state, ReadOnlySpan<byte> key, byte pad)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        block.Clear();
        key.CopyTo(block);
        for (var i = 0; i < block.Length; i++) block[i] ^= pad;
        OpenSslSha1.Init(state);
        fixed (byte* start = block) OpenSslSha1.Update(state, start, BlockSize);
        CryptographicOperations.ZeroMemory(block);
    }
}

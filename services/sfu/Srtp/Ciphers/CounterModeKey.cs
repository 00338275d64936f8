using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// An AES-128 key in counter mode: by AES-NI where the processor has it, else by the platform's block cipher.
/// </summary>
internal sealed unsafe class CounterModeKey : IDisposable
{
    private const int BlockSize = 16, PlatformBatch = 1024;
    private readonly KeyMemory? _schedule;
    private readonly ICryptoTransform? _platform;
    private readonly byte[] _counters = [], _stream = [];

    /// <summary>Takes a 16-byte key. <paramref name="native"/> false forces the platform's block cipher.</summary>
    public CounterModeKey(ReadOnlySpan<byte> key, bool native = true)
    {
        if (native && AesNi.IsSupported)
        {
            _schedule = new KeyMemory(AesNi.ScheduleSize);
            AesNi.ExpandKey(key, _schedule.Pointer);
            return;
        }

        using var aes = Aes.Create();
        aes.SetKey(key);
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        _platform = aes.CreateEncryptor();
        _counters = new byte[PlatformBatch];
        _stream = new byte[PlatformBatch];
    }

    /// <summary>
    /// XORs with the key stream from <paramref name="counter"/> on: a block whose last word stands as a number. Source and
    /// destination may be the same.
    /// </summary>
    public void Xor(Vector128<uint> counter, byte* source, byte* destination, int length)
    {
        if (_schedule is not null)
        {
            AesNi.Xor(_schedule.Pointer, counter, source, destination, length);
            GC.KeepAlive(_schedule);
            return;
        }

        while (length > 0)
        {
            var take = Math.Min(length, PlatformBatch);
            var blocks = (take + BlockSize - 1) / BlockSize;
            for (var i = 0; i < blocks; i++)
            {
                var number = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(counter[3] + (uint)i);
                counter.WithElement(3, number).AsByte().CopyTo(_counters, i * BlockSize);
            }

            _platform!.TransformBlock(_counters, 0, blocks * BlockSize, _stream, 0);
            for (var i = 0; i < take; i++) destination[i] = (byte)(source[i] ^ _stream[i]);
            counter = counter.WithElement(3, counter[3] + (uint)blocks);
            source += take;
            destination += take;
            length -= take;
        }
    }

    public void Dispose()
    {
        _schedule?.Dispose();
        _platform?.Dispose();
    }
}

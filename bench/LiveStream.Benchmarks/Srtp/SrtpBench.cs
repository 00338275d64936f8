using LiveStream.Benchmarks.Reporting;
using System.Buffers.Binary;
using System.Security.Cryptography;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Benchmarks.Srtp;

/// <summary>One line of the table.</summary>
/// <param name="Operation">protect or unprotect.</param>
/// <param name="Path">Cipher and the code that does it.</param>
/// <param name="PacketSize">Bytes of the plain RTP packet, 12 of them header.</param>
/// <param name="Keys">Transports taken in turn; 1 keeps the key tables in the first cache.</param>
/// <param name="NanosecondsPerPacket">Thread CPU time, median of nine.</param>
/// <param name="RatioToAesGcm">That, divided by what <see cref="AesGcm"/> alone takes for the same size and number of keys.</param>
/// <param name="BytesAllocatedPerPacket">Managed memory.</param>
public sealed record SrtpBenchRow(
    string Operation, string Path, int PacketSize, int Keys, double NanosecondsPerPacket, double RatioToAesGcm, double BytesAllocatedPerPacket);

/// <summary>Cost of protecting and opening a packet on each cipher path that this processor has.</summary>
public static class SrtpBench
{
    private const int HeaderLength = 12, Repeats = 9, ManyKeys = 500;
    private static readonly int[] Sizes = [100, 1200];

    private delegate void Step(int number);

    /// <summary>Measures every row; each takes about <paramref name="perRow"/>.</summary>
    public static IReadOnlyList<SrtpBenchRow> Run(TimeSpan perRow)
    {
        var rows = new List<SrtpBenchRow>();
        foreach (var size in Sizes)
        {
            foreach (var keys in new[] { 1, ManyKeys })
            {
                var reference = MeasureAesGcm(size, keys, perRow);
                rows.Add(new SrtpBenchRow("protect", "AesGcm alone", size, keys, reference.Nanoseconds, 1, reference.Bytes));
                foreach (var (name, profile, path) in Paths())
                {
                    var cost = MeasureProtect(profile, path, size, keys, perRow);
                    rows.Add(new SrtpBenchRow("protect", name, size, keys, cost.Nanoseconds, cost.Nanoseconds / reference.Nanoseconds, cost.Bytes));
                    if (keys != 1) continue;
                    cost = MeasureUnprotect(profile, path, size, perRow);
                    rows.Add(new SrtpBenchRow("unprotect", name, size, keys, cost.Nanoseconds, cost.Nanoseconds / reference.Nanoseconds, cost.Bytes));
                }
            }
        }

        return rows;
    }

    private static IEnumerable<(string Name, SrtpProfile Profile, CipherPath Path)> Paths()
    {
        foreach (var path in new[] { CipherPath.Wide512, CipherPath.Wide256, CipherPath.Wide128, CipherPath.Platform })
        {
            if (!SrtpCiphers.IsSupported(path)) continue;
            var name = path == CipherPath.Platform ? "GCM by AesGcm" : "GCM-" + path.ToString()[^3..];
            yield return (name, SrtpProfile.AeadAes128Gcm, path);
        }

        yield return ("CM+SHA1", SrtpProfile.AesCm128HmacSha1_80, CipherPath.Best);
    }

    private static (double Nanoseconds, double Bytes) MeasureProtect(SrtpProfile profile, CipherPath path, int size, int keys, TimeSpan time)
    {
        var senders = Enumerable.Range(0, keys).Select(i => new SrtpSender(CreateCipher(profile, path, i))).ToArray();
        byte[] packet = new byte[2048], payload = new byte[size - HeaderLength];
        packet[0] = 0x80;
        var cost = Measure(time, number =>
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)number);
            senders[number % senders.Length].ProtectRtp(packet, HeaderLength, payload, (uint)number >> 16);
        });
        foreach (var sender in senders) sender.Dispose();
        return cost;
    }

    // Opening destroys the packet, so each round copies it back first; the copy (some 20 ns) is part of the result.
    private static (double Nanoseconds, double Bytes) MeasureUnprotect(SrtpProfile profile, CipherPath path, int size, TimeSpan time)
    {
        using var sender = new SrtpSender(CreateCipher(profile, path, 0));
        using var receiver = new SrtpReceiver(CreateCipher(profile, path, 0));
        byte[] original = new byte[2048], packet = new byte[2048];
        original[0] = 0x80;
        var length = sender.ProtectRtp(original, HeaderLength, new byte[size - HeaderLength], 0);
        var cost = Measure(time, _ =>
        {
            original.AsSpan(0, length).CopyTo(packet);
            var state = default(SrtpReceiveState);
            if (receiver.UnprotectRtp(packet.AsSpan(0, length), HeaderLength, ref state, out var _) != SrtpResult.Ok)
            {
                throw new InvalidOperationException("The packet did not open.");
            }
        });
        return cost;
    }

    private static (double Nanoseconds, double Bytes) MeasureAesGcm(int size, int keys, TimeSpan time)
    {
        var ciphers = Enumerable.Range(0, keys).Select(i => new AesGcm(Bytes(16, i), 16)).ToArray();
        byte[] packet = new byte[2048], payload = new byte[size - HeaderLength], nonce = new byte[12];
        var cost = Measure(time, number =>
        {
            BinaryPrimitives.WriteInt32BigEndian(nonce, number);
            ciphers[number % ciphers.Length].Encrypt(
                nonce,
                payload,
                packet.AsSpan(HeaderLength, payload.Length),
                packet.AsSpan(HeaderLength + payload.Length, 16),
                packet.AsSpan(0, HeaderLength));
        });
        foreach (var cipher in ciphers) cipher.Dispose();
        return cost;
    }

    private static (double Nanoseconds, double Bytes) Measure(TimeSpan time, Step step)
    {
        // Long enough for the runtime to replace the first code by the optimised one.
        var number = 0;
        var warmUp = ThreadClock.Nanoseconds + Math.Max(time.Ticks * 100 / 4, 50_000_000);
        while (ThreadClock.Nanoseconds < warmUp)
        {
            for (var i = 0; i < 200; i++) step(number++);
        }

        const int Probe = 2000;
        var start = ThreadClock.Nanoseconds;
        for (var i = 0; i < Probe; i++) step(number++);
        var perStep = Math.Max(1, (ThreadClock.Nanoseconds - start) / Probe);
        var rounds = (int)Math.Clamp(time.Ticks * 100 / Repeats / perStep, 100, int.MaxValue / 4);

        var results = new double[Repeats];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            start = ThreadClock.Nanoseconds;
            for (var i = 0; i < rounds; i++) step(number++ & int.MaxValue);
            results[repeat] = (double)(ThreadClock.Nanoseconds - start) / rounds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(results);
        return (results[Repeats / 2], (double)allocated / rounds / Repeats);
    }

    private static SrtpCipher CreateCipher(SrtpProfile profile, CipherPath path, int seed) =>
        SrtpCiphers.Create(profile, Bytes(SrtpProfiles.KeyLength, seed), Bytes(profile.SaltLength(), seed + 1), path);

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Sfu.Tests.Srtp;

public sealed unsafe class HmacSha1Tests
{
    [SuppressMessage("Security", "CA5350", Justification = "The profile is defined with SHA-1.")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_EveryLength_EqualsPlatform(bool native)
    {
        var random = new Random(31);
        for (var length = 0; length <= 1500; length += 1 + random.Next(3))
        {
            var key = new byte[20];
            var data = new byte[length + 4];
            random.NextBytes(key);
            random.NextBytes(data);
            using var hmac = new HmacSha1(key, native);
            var digest = new byte[20];
            for (var repeat = 0; repeat < 2; repeat++)
            {
                fixed (byte* start = data, output = digest) hmac.Compute(start, length, BitConverter.ToUInt32(data, length), output);
                Assert.Equal(HMACSHA1.HashData(key, data), digest);
            }
        }
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using LiveStream.Sfu.Stun;

namespace LiveStream.Sfu.Tests.Stun;

public sealed class StunMessageIntegrityTests
{
    [Fact]
    public void Compute_KeysAndMessagesOfAllLengths_IsThePlatformsHmac()
    {
        var random = new Random(5389);
        var value = new byte[StunMessageIntegrity.Size];
        // Keys shorter than a block of the hash, as long, and longer; messages around its padding.
        foreach (var keyLength in (int[])[0, 1, 24, 63, 64, 65, 200])
        {
            for (var length = StunMessageView.HeaderSize; length < 200; length += 4)
            {
                byte[] key = new byte[keyLength], message = new byte[length];
                random.NextBytes(key);
                random.NextBytes(message);
                StunMessageIntegrity.Compute(message, key, value);
                BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(length - StunMessageView.HeaderSize + 24));
#pragma warning disable CA5350 // The RFC names SHA-1.
                Assert.Equal(HMACSHA1.HashData(key, message), value);
#pragma warning restore CA5350
            }
        }
    }
}

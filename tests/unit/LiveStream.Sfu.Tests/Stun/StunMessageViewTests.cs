using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using LiveStream.Sfu.Stun;

namespace LiveStream.Sfu.Tests.Stun;

public class StunMessageViewTests
{
    private static readonly byte[] Transaction = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    private static readonly byte[] Key = "a password of an agent"u8.ToArray();

    [Fact]
    public void TryParse_HeaderCutShort_ReturnsTooShort()
    {
        var message = Check();
        for (var length = 0; length < StunMessageView.HeaderSize; length++)
            Assert.Equal(StunError.TooShort, StunMessageView.TryParse(message.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(0xC0)]
    public void TryParse_TopBitsSet_ReturnsNotStun(byte bits)
    {
        var message = Check();
        message[0] |= bits;
        Assert.Equal(StunError.NotStun, StunMessageView.TryParse(message, out _));
    }

    [Fact]
    public void TryParse_LongerThanAnyCheck_ReturnsTooLong()
    {
        var message = new byte[StunMessageView.MaxSize + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20));
        Assert.Equal(StunError.TooLong, StunMessageView.TryParse(message, out _));
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(4)]
    [InlineData(1)]
    public void TryParse_LengthFieldDiffers_ReturnsBadLength(int difference)
    {
        var message = Check();
        var length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(length + difference));
        Assert.Equal(StunError.BadLength, StunMessageView.TryParse(message, out _));
    }

    [Fact]
    public void TryParse_OtherCookie_ReturnsBadCookie()
    {
        var message = Check();
        message[4] ^= 1;
        Assert.Equal(StunError.BadCookie, StunMessageView.TryParse(message, out _));
    }

    [Fact]
    public void TryParse_AttributeReachesOut_ReturnsAttributeTruncated()
    {
        var message = Check();
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(22), ushort.MaxValue);
        Assert.Equal(StunError.AttributeTruncated, StunMessageView.TryParse(message, out _));
    }

    [Fact]
    public void VerifyMessageIntegrity_AnyCoveredByteChanged_Fails()
    {
        var message = Check();
        var covered = message.Length - 8;
        for (var i = 0; i < covered; i++)
        {
            var changed = (byte[])message.Clone();
            changed[i] ^= 0x01;
            if (StunMessageView.TryParse(changed, out var view) == StunError.None)
                Assert.False(view.VerifyMessageIntegrity(Key), $"byte {i}");
        }
    }

    [Fact]
    public void VerifyFingerprint_AnyByteChanged_Fails()
    {
        var message = Check();
        for (var i = 0; i < message.Length; i++)
        {
            var changed = (byte[])message.Clone();
            changed[i] ^= 0x20;
            if (StunMessageView.TryParse(changed, out var view) == StunError.None)
                Assert.False(view.VerifyFingerprint(), $"byte {i}");
        }
    }

    [Fact]
    public void VerifyFingerprint_AttributeFollows_Fails()
    {
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
        writer.WriteFingerprint();
        writer.WritePriority(1);
        var view = Parse(buffer.AsSpan(0, writer.Finish()));
        Assert.False(view.HasFingerprint);
        Assert.False(view.VerifyFingerprint());
    }

    [Fact]
    public void TryGetAttribute_AfterMessageIntegrity_IsNotSeen()
    {
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
        writer.WriteUsername("a:b"u8);
        writer.WriteMessageIntegrity(Key);
        writer.WriteUseCandidate();
        writer.WriteBytes((StunAttributeType)0x7001, [1]);
        writer.WriteFingerprint();
        var view = Parse(buffer.AsSpan(0, writer.Finish()));
        Assert.True(view.VerifyMessageIntegrity(Key));
        Assert.True(view.VerifyFingerprint());
        Assert.False(view.HasUseCandidate);
        Assert.Equal(0, view.CollectUnknownRequired(new ushort[4]));
    }

    [Fact]
    public void TryGetAttribute_GivenTwice_ReturnsTheFirst()
    {
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
        writer.WritePriority(7);
        writer.WritePriority(8);
        Assert.True(Parse(buffer.AsSpan(0, writer.Finish())).TryGetPriority(out var priority));
        Assert.Equal(7u, priority);
    }

    [Fact]
    public void CollectUnknownRequired_MoreThanFit_StopsAtTheSpan()
    {
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
        foreach (ushort type in (ushort[])[0x7001, 0xC057, 0x7002, 0x7003])
            writer.WriteBytes((StunAttributeType)type, [1, 2, 3]);
        var view = Parse(buffer.AsSpan(0, writer.Finish()));
        var all = new ushort[4];
        Assert.Equal(3, view.CollectUnknownRequired(all));
        Assert.Equal([0x7001, 0x7002, 0x7003, 0], all);
        Assert.Equal(2, view.CollectUnknownRequired(new ushort[2]));
    }

    [Fact]
    public void TypedReaders_ValueOfWrongSize_ReturnFalse()
    {
        foreach (var size in (int[])[0, 1, 3, 5, 9])
        {
            var buffer = new byte[256];
            var writer = new StunMessageWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
            writer.WriteBytes(StunAttributeType.Priority, new byte[size]);
            writer.WriteBytes(StunAttributeType.IceControlling, new byte[size]);
            writer.WriteBytes(StunAttributeType.IceControlled, new byte[size]);
            writer.WriteBytes(StunAttributeType.ErrorCode, new byte[size]);
            writer.WriteBytes(StunAttributeType.XorMappedAddress, new byte[size]);
            writer.WriteBytes(StunAttributeType.MessageIntegrity, new byte[size]);
            writer.WriteBytes(StunAttributeType.Fingerprint, new byte[size]);
            var view = Parse(buffer.AsSpan(0, writer.Finish()));
            Assert.False(view.TryGetPriority(out _));
            Assert.False(view.TryGetIceControlling(out _));
            Assert.False(view.TryGetIceControlled(out _));
            Assert.False(view.TryGetErrorCode(out _));
            Assert.False(view.TryGetXorMappedAddress(new byte[16], out _, out _));
            Assert.False(view.VerifyMessageIntegrity(Key));
            Assert.False(view.VerifyFingerprint());
        }
    }

    [Fact]
    public void TryParse_AnyBytes_ReadsEverythingWithoutThrowing()
    {
        Prop.ForAll<byte[]>(bytes => ReadAll(bytes)).QuickCheckThrowOnFailure();
        var random = new Random(5769);
        for (var round = 0; round < 20_000; round++)
        {
            // A right header lets the random attributes through to the walk.
            var message = new byte[20 + 4 * random.Next(0, 40)];
            random.NextBytes(message);
            message[0] &= 0x3F;
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20));
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x2112A442);
            for (var offset = 20; offset < message.Length; offset += 4 * random.Next(1, 4))
                BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(offset), (uint)random.Next(0, 0x2B) << 16 | (uint)random.Next(0, 9));
            ReadAll(message);
        }
    }

    [Fact]
    public void ReadAndVerify_ManyTimes_AllocatesNothing()
    {
        var message = Check();
        ReadAll(message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = StunMessageView.TryParse(message, out var view);
            _ = view.VerifyMessageIntegrity(Key) && view.VerifyFingerprint() && view.TryGetPriority(out _);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void ReadAll(byte[] bytes)
    {
        if (StunMessageView.TryParse(bytes, out var view) != StunError.None) return;
        _ = (view.Class, view.Method, view.HasUseCandidate, view.Username.Length, view.TransactionId.Length);
        view.TryGetPriority(out _);
        view.TryGetIceControlling(out _);
        view.TryGetIceControlled(out _);
        view.TryGetErrorCode(out _);
        Span<byte> address = stackalloc byte[16];
        view.TryGetXorMappedAddress(address, out _, out _);
        Span<ushort> unknown = stackalloc ushort[8];
        view.CollectUnknownRequired(unknown);
        view.VerifyMessageIntegrity(Key);
        view.VerifyFingerprint();
    }

    private static StunMessageView Parse(ReadOnlySpan<byte> message)
    {
        Assert.Equal(StunError.None, StunMessageView.TryParse(message, out var view));
        return view;
    }

    // A connectivity check as a controlling browser sends it.
    private static byte[] Check()
    {
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
        writer.WriteUsername("server:client"u8);
        writer.WriteIceControlling(0x0102030405060708);
        writer.WriteUseCandidate();
        writer.WritePriority(0x6e7f1eff);
        writer.WriteMessageIntegrity(Key);
        writer.WriteFingerprint();
        return buffer[..writer.Finish()];
    }
}

using LiveStream.Sfu.Stun;

namespace LiveStream.Sfu.Tests.Stun;

public class StunMessageWriterTests
{
    private static readonly byte[] Transaction = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

    [Theory]
    [InlineData(StunClass.Request)]
    [InlineData(StunClass.Indication)]
    [InlineData(StunClass.SuccessResponse)]
    [InlineData(StunClass.ErrorResponse)]
    public void Header_EachClassAndMethod_ReadsBackEqual(StunClass cls)
    {
        for (var method = 0; method <= 0xFFF; method++)
        {
            var buffer = new byte[20];
            var writer = new StunMessageWriter(buffer, cls, (StunMethod)method, Transaction);
            Assert.Equal(20, writer.Finish());
            Assert.Equal(StunError.None, StunMessageView.TryParse(buffer, out var view));
            Assert.Equal(cls, view.Class);
            Assert.Equal((StunMethod)method, view.Method);
            Assert.Equal(Transaction, view.TransactionId);
        }
    }

    [Fact]
    public void EveryAttribute_Written_ReadsBackEqual()
    {
        var random = new Random(8489);
        for (var round = 0; round < 500; round++)
        {
            var buffer = new byte[StunMessageView.MaxSize];
            random.NextBytes(buffer); // padding must be cleared by the writer, whatever stood there
            var key = Bytes(random, random.Next(0, 100));
            var user = Bytes(random, random.Next(0, 513));
            var address = Bytes(random, random.Next(2) == 0 ? 4 : 16);
            var port = (ushort)random.Next(0, 65536);
            var (priority, tieBreaker, code) = ((uint)random.NextInt64(), (ulong)random.NextInt64(), random.Next(300, 700));

            var writer = new StunMessageWriter(buffer, StunClass.ErrorResponse, StunMethod.Binding, Transaction);
            writer.WriteUsername(user);
            writer.WritePriority(priority);
            writer.WriteIceControlling(tieBreaker);
            writer.WriteIceControlled(~tieBreaker);
            writer.WriteUseCandidate();
            writer.WriteErrorCode(code, "Because");
            writer.WriteUnknownAttributes([0x1234, 0x0777, 0x0001]);
            writer.WriteXorMappedAddress(address, port);
            writer.WriteMessageIntegrity(key);
            writer.WriteFingerprint();

            Assert.Equal(StunError.None, StunMessageView.TryParse(buffer.AsSpan(0, writer.Finish()), out var view));
            Assert.Equal(user, view.Username);
            Assert.True(view.TryGetPriority(out var readPriority));
            Assert.Equal(priority, readPriority);
            Assert.True(view.TryGetIceControlling(out var controlling));
            Assert.Equal(tieBreaker, controlling);
            Assert.True(view.TryGetIceControlled(out var controlled));
            Assert.Equal(~tieBreaker, controlled);
            Assert.True(view.HasUseCandidate);
            Assert.True(view.TryGetErrorCode(out var readCode));
            Assert.Equal(code, readCode);
            Assert.True(view.TryGetAttribute(StunAttributeType.UnknownAttributes, out var unknown));
            Assert.Equal([0x12, 0x34, 0x07, 0x77, 0x00, 0x01], unknown.ToArray());
            var readAddress = new byte[16];
            Assert.True(view.TryGetXorMappedAddress(readAddress, out var length, out var readPort));
            Assert.Equal(address, readAddress[..length]);
            Assert.Equal(port, readPort);
            Assert.True(view.VerifyMessageIntegrity(key));
            Assert.True(view.VerifyFingerprint());
        }
    }

    [Fact]
    public void WriteErrorCode_LongReason_IsCut()
    {
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.ErrorResponse, StunMethod.Binding, Transaction);
        writer.WriteErrorCode(StunErrorCode.RoleConflict, new string('\u30de', 1000));
        Assert.Equal(StunError.None, StunMessageView.TryParse(buffer.AsSpan(0, writer.Finish()), out var view));
        Assert.True(view.TryGetErrorCode(out var code));
        Assert.Equal(487, code);
    }

    [Fact]
    public void Append_DestinationTooSmall_Throws()
    {
        Assert.Throws<ArgumentException>(() => new StunMessageWriter(new byte[19], StunClass.Request, StunMethod.Binding, Transaction));
        Assert.Throws<ArgumentException>(() =>
        {
            var writer = new StunMessageWriter(new byte[27], StunClass.Request, StunMethod.Binding, Transaction);
            writer.WritePriority(1);
        });
    }

    [Fact]
    public void Arguments_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentException>(() => new StunMessageWriter(new byte[64], StunClass.Request, StunMethod.Binding, new byte[11]));
        Assert.Throws<ArgumentException>(() =>
        {
            var writer = new StunMessageWriter(new byte[64], StunClass.Request, StunMethod.Binding, Transaction);
            writer.WriteXorMappedAddress(new byte[5], 1);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var writer = new StunMessageWriter(new byte[64], StunClass.Request, StunMethod.Binding, Transaction);
            writer.WriteErrorCode(700, "");
        });
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}

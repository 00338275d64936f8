using System.Buffers;
using System.IO.Pipelines;

using LiveStream.Rpc.Client;
using LiveStream.Rpc.Tests.Echo.V1;
using LiveStream.Rpc.Wire;

namespace LiveStream.Rpc.Tests.Wire;

/// <summary>What is on the wire, without a wire.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100 %", "100 %25")]
    [InlineData("ü\n", "%C3%BC%0A")]
    public void StatusText_Encode_IsPercentCoded(string text, string coded)
    {
        Assert.Equal(coded, StatusText.Encode(text));
        Assert.Equal(text, StatusText.Decode(coded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    public void StatusText_DecodeOfADamagedText_KeepsIt(string coded, string text) => Assert.Equal(text, StatusText.Decode(coded));

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3000)]
    [InlineData("4m", 4)]
    [InlineData("5000u", 5)]
    [InlineData("6000000n", 6)]
    [InlineData("99999999H", 2_592_000_000)]
    public void CallTimeout_TryParse_ReadsEveryUnit(string text, long milliseconds)
    {
        Assert.True(CallTimeout.TryParse(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData(" 1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    [InlineData("1s")]
    public void CallTimeout_TryParseOfAnythingElse_Fails(string text) => Assert.False(CallTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15_000_001)]
    [InlineData(999_999_990)]
    [InlineData(900_000_000_001)]
    public void CallTimeout_Format_IsNeverShorter(long ticks)
    {
        Assert.True(CallTimeout.TryParse(CallTimeout.Format(TimeSpan.FromTicks(ticks)), out var timeout));
        Assert.InRange(timeout.Ticks, ticks, Math.Max(10, ticks + (ticks / 1_000_000)) + 10);
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc;charset=utf-8", true)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void Headers_IsGrpc_KnowsTheFormsOfProtobuf(string? contentType, bool expected) => Assert.Equal(expected, Headers.IsGrpc(contentType));

    [Fact]
    public async Task MessageFrames_CutAnywhere_AreReadWhole()
    {
        var body = new ArrayBufferWriter<byte>();
        MessageFrames.Write(body, new EchoMessage { Text = "one" }, 100);
        MessageFrames.Write(body, new EchoMessage(), 100);
        MessageFrames.Write(body, new EchoMessage { Text = "three" }, 100);
        for (var cut = 0; cut <= body.WrittenCount; cut++)
        {
            var pipe = new Pipe();
            await pipe.Writer.WriteAsync(body.WrittenMemory[..cut]);
            var first = MessageFrames.ReadAsync(pipe.Reader, EchoMessage.Parser, 100, default);
            await pipe.Writer.WriteAsync(body.WrittenMemory[cut..]);
            await pipe.Writer.CompleteAsync();
            Assert.Equal("one", ((EchoMessage)(await first)!).Text);
            Assert.Equal("", ((EchoMessage)(await MessageFrames.ReadAsync(pipe.Reader, EchoMessage.Parser, 100, default))!).Text);
            Assert.Equal("three", ((EchoMessage)(await MessageFrames.ReadAsync(pipe.Reader, EchoMessage.Parser, 100, default))!).Text);
            Assert.Null(await MessageFrames.ReadAsync(pipe.Reader, EchoMessage.Parser, 100, default));
        }
    }

    [Theory]
    // A length above the limit: nothing more has to come.
    [InlineData("0000000065", 8, false)]
    [InlineData("00FFFFFFFF", 8, false)]
    [InlineData("0100000000", 12, false)]
    [InlineData("0000", 13, true)]
    [InlineData("00000000050A03", 13, true)]
    [InlineData("00000000020A05", 13, true)]
    public async Task MessageFrames_HostileBody_IsRefused(string hex, int code, bool ended)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Convert.FromHexString(hex));
        if (ended) await pipe.Writer.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await MessageFrames.ReadAsync(pipe.Reader, EchoMessage.Parser, 100, default));
        Assert.Equal((RpcStatusCode)code, failure.Code);
    }

    [Fact]
    public void RetryPolicy_Unavailable_PausesEverLongerUpToTheLimit()
    {
        var policy = new RetryPolicy(5, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(350));
        var busy = new RpcException(RpcStatusCode.Unavailable, "");
        Assert.Equal(
            [50.0, 100, 175, 175],
            Enumerable.Range(1, 4).Select(failed => policy.PauseAfter(busy, failed, idempotent: true, chance: 0)!.Value.TotalMilliseconds));
        Assert.Null(policy.PauseAfter(busy, 5, idempotent: true, chance: 0));
    }

    [Fact]
    public void RetryPolicy_WhatMayHaveHappened_IsNotRepeated()
    {
        var policy = new RetryPolicy(5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
        Assert.Null(policy.PauseAfter(new RpcException(RpcStatusCode.Unavailable, ""), 1, idempotent: false, chance: 0));
        Assert.Null(policy.PauseAfter(new RpcException(RpcStatusCode.Internal, ""), 1, idempotent: true, chance: 0));
        Assert.NotNull(policy.PauseAfter(new RpcException(RpcStatusCode.Unavailable, "") { NeverSent = true }, 1, idempotent: false, chance: 0));
    }
}

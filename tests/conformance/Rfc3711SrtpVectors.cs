using System.Runtime.Intrinsics;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Conformance;

/// <summary>RFC 3711 appendix B: key stream of AES in counter mode, and key derivation.</summary>
public sealed unsafe class Rfc3711SrtpVectors
{
    [Theory]
    [InlineData(0x0000, "E03EAD0935C95E80E166B16DD92B4EB4")]
    [InlineData(0x0001, "D23513162B02D0F72A43A2FE4A5F97AB")]
    [InlineData(0x0002, "41E95B3BB0A2E8DD477901E4FCA894C0")]
    [InlineData(0xFEFF, "EC8CDF7398607CB0F2D21675EA9EA1E4")]
    [InlineData(0xFF00, "362B7C3C6773516318A077D7FC5073AE")]
    [InlineData(0xFF01, "6A2CC3787889374FBEB4C81B17BA6C44")]
    public void AesCounterMode_AppendixB2_GivesThePublishedKeyStream(int block, string stream)
    {
        // F0F1…FD0000 with the counter in the last 16 bits.
        var counter = Vector128.Create(0xF3F2F1F0u, 0xF7F6F5F4u, 0xFBFAF9F8u, 0xFCFD0000u + (uint)block);
        foreach (var native in new[] { true, false })
        {
            using var key = new CounterModeKey(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"), native);
            var bytes = new byte[16];
            fixed (byte* data = bytes) key.Xor(counter, data, data, bytes.Length);
            Assert.Equal(stream, Convert.ToHexString(bytes));
        }
    }

    [Fact]
    public void AesCounterMode_WholeSegmentOfAppendixB2_RunsThroughAllCounters()
    {
        using var key = new CounterModeKey(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        var counter = Vector128.Create(0xF3F2F1F0u, 0xF7F6F5F4u, 0xFBFAF9F8u, 0xFCFD0000u);
        var bytes = new byte[0xFF02 * 16];
        fixed (byte* data = bytes) key.Xor(counter, data, data, bytes.Length);
        Assert.Equal("6A2CC3787889374FBEB4C81B17BA6C44", Convert.ToHexString(bytes.AsSpan(0xFF01 * 16)));
    }

    [Theory]
    [InlineData(0, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(2, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(
        1,
        "CEBE321F6FF7716B6FD4AB49AF256A15"
        + "6D38BAA48F0A0ACF3C34E2359E6CDBCE"
        + "E049646C43D9327AD175578EF7227098"
        + "6371C10C9A369AC2F94A8C5FBCDDDC25"
        + "6D6E919A48B610EF17C2041E47403576"
        + "6B68642C59BBFC2F34DB60DBDFB2")]
    public void KeyDerivation_AppendixB3_GivesThePublishedKeys(byte label, string expected)
    {
        var output = new byte[expected.Length / 2];
        KeyDerivation.Derive(
            Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"),
            Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"),
            (SrtpKeyLabel)label,
            output);
        Assert.Equal(expected, Convert.ToHexString(output));
    }
}

using System.Security.Cryptography;
using LiveStream.Sfu.Dtls;

namespace LiveStream.Sfu.Tests.Dtls;

public sealed class DtlsFingerprintTests
{
    [Fact]
    public void FingerprintText_OfAnIdentity_IsParsedBack()
    {
        Assert.True(DtlsFingerprint.TryParse($"sha-256 {DtlsPair.ServerIdentity.FingerprintText}", out var parsed));
        Assert.Equal(DtlsPair.ServerIdentity.Sha256Fingerprint, parsed!.Value);
        Assert.Equal(95, DtlsPair.ServerIdentity.FingerprintText.Length);
    }

    [Theory]
    [InlineData("SHA-384", 48)]
    [InlineData("sha-512", 64)]
    public void TryParse_LongerHash_GivesItsBytes(string name, int size)
    {
        var hex = string.Join(':', Enumerable.Repeat("aF", size));
        Assert.True(DtlsFingerprint.TryParse($"{name} {hex}", out var parsed));
        Assert.Equal(Enumerable.Repeat((byte)0xAF, size), parsed!.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256 ")]
    [InlineData("sha-256 AA:BB")]
    [InlineData("sha-1 AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA")]
    [InlineData("sha-256 AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:GG")]
    [InlineData("sha-256 AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA-AA")]
    public void TryParse_Malformed_ReturnsFalse(string text)
    {
        Assert.False(DtlsFingerprint.TryParse(text, out var parsed));
        Assert.Null(parsed);
    }

    [Fact]
    public void Matches_OtherCertificate_ReturnsFalse()
    {
        byte[] certificate = [1, 2, 3];
        Assert.True(new DtlsFingerprint(HashAlgorithmName.SHA384, SHA384.HashData(certificate)).Matches(certificate));
        Assert.False(new DtlsFingerprint(HashAlgorithmName.SHA384, SHA384.HashData(certificate)).Matches([1, 2, 4]));
        Assert.False(new DtlsFingerprint(HashAlgorithmName.SHA256, []).Matches(certificate));
    }
}

using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Conformance;

/// <summary>
/// RFC 7714 §16.1 and §17.1: SRTP and SRTCP packets under AEAD_AES_128_GCM. The key and salt given there are the session's,
/// not a master key and salt.
/// </summary>
public sealed unsafe class Rfc7714GcmVectors
{
    private const string Key = "000102030405060708090A0B0C0D0E0F";
    private const string Salt = "517569642070726F2071756F";
    private const string RtpHeader = "8040F17B8041F8D35501A0B2";
    private const string RtpPayload = "47616C6C696120657374206F6D6E69732064697669736120696E207061727465732074726573";
    private const string ProtectedRtp =
        RtpHeader
        + "F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833"
        + "899D7F27BEB16A9152CF765EE4390CCE";

    private const string Rtcp =
        "81C8000D4D6172734E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";
    private const string ProtectedRtcp =
        "81C8000D4D617273"
        + "63E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275B"
        + "C84AA45896CF4D2FC5ABF87245D9EADE"
        + "800005D4";
    private const uint RtcpIndex = 0x5D4;

    public static TheoryData<CipherPathName> Paths =>
        new(Enum.GetValues<CipherPathName>().Where(path => SrtpCiphers.IsSupported((CipherPath)path)));

    [Theory]
    [MemberData(nameof(Paths))]
    public void SealRtp_Section16_1_GivesThePublishedPacket(CipherPathName path)
    {
        using var cipher = Create(path);
        var packet = new byte[ProtectedRtp.Length / 2];
        Convert.FromHexString(RtpHeader).CopyTo(packet, 0);
        var payload = Convert.FromHexString(RtpPayload);
        fixed (byte* start = packet, source = payload) cipher.SealRtp(start, 12, source, payload.Length, rolloverCounter: 0);
        Assert.Equal(ProtectedRtp, Convert.ToHexString(packet));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void UnprotectRtp_Section16_1_GivesThePlainPacket(CipherPathName path)
    {
        using var receiver = new SrtpReceiver(Create(path));
        var packet = Convert.FromHexString(ProtectedRtp);
        var state = default(SrtpReceiveState);
        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet, 12, ref state, out var length));
        Assert.Equal(RtpHeader + RtpPayload, Convert.ToHexString(packet.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void SealRtcp_Section17_1_GivesThePublishedPacket(CipherPathName path)
    {
        using var cipher = Create(path);
        var packet = new byte[ProtectedRtcp.Length / 2];
        Convert.FromHexString(Rtcp).CopyTo(packet, 0);
        fixed (byte* start = packet) cipher.SealRtcp(start, Rtcp.Length / 2, RtcpIndex);
        Assert.Equal(ProtectedRtcp, Convert.ToHexString(packet));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void UnprotectRtcp_Section17_1_GivesThePlainPacket(CipherPathName path)
    {
        using var receiver = new SrtpReceiver(Create(path));
        var packet = Convert.FromHexString(ProtectedRtcp);
        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp(packet, out var length));
        Assert.Equal(Rtcp, Convert.ToHexString(packet.AsSpan(0, length)));
    }

    private static SrtpCipher Create(CipherPathName path)
    {
        var key = Convert.FromHexString(Key);
        var salt = Convert.FromHexString(Salt);
        return SrtpCiphers.CreateGcm(key, salt, key, salt, (CipherPath)path);
    }

    /// <summary>The paths under public names, as test methods are public.</summary>
    public enum CipherPathName : byte
    {
        Wide512 = CipherPath.Wide512,
        Wide256 = CipherPath.Wide256,
        Wide128 = CipherPath.Wide128,
        Platform = CipherPath.Platform,
    }
}

using System.Security.Cryptography;
using System.Text;
using LiveStream.Sfu.Stun;

namespace LiveStream.Conformance.Tests;

/// <summary>The sample messages of RFC 5769 §2, byte for byte.</summary>
public class Rfc5769StunVectors
{
    private const string ShortTermPassword = "VOkJxbRl1RmTxUk/WvJxBt";

    // §2.1: SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME (padded with spaces), MESSAGE-INTEGRITY, FINGERPRINT.
    private const string Request =
        "000100582112a442b7e7a701bc34d686fa87dfae" +
        "802200105354554e207465737420636c69656e74" +
        "002400046e0001ff" +
        "80290008932ff9b151263b36" +
        "000600096576746a3a68367659202020" +
        "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2" +
        "80280004e57a3bcf";

    // §2.2: 192.0.2.1 port 32853.
    private const string Ipv4Response =
        "0101003c2112a442b7e7a701bc34d686fa87dfae" +
        "8022000b7465737420766563746f7220" +
        "002000080001a147e112a643" +
        "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7" +
        "80280004c07d4c96";

    // §2.3: 2001:db8:1234:5678:11:2233:4455:6677 port 32853.
    private const string Ipv6Response =
        "010100482112a442b7e7a701bc34d686fa87dfae" +
        "8022000b7465737420766563746f7220" +
        "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9" +
        "00080014a382954e4be67bf11784c97c8292c275bfe3ed41" +
        "80280004c8fb0b4c";

    // §2.4: long-term credential, no FINGERPRINT.
    private const string LongTermRequest =
        "000100602112a44278ad3433c6ad72c029da412e" +
        "00060012e3839ee38388e383aae38383e382afe382b90000" +
        "0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473 41" +
        "0014000b6578616d706c652e6f726700" +
        "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";

    [Fact]
    public void Section2_1_Request_ReadsAndVerifies()
    {
        var view = Parse(Request);
        Assert.Equal(StunClass.Request, view.Class);
        Assert.Equal(StunMethod.Binding, view.Method);
        Assert.Equal("evtj:h6vY"u8, view.Username);
        Assert.True(view.TryGetPriority(out var priority));
        Assert.Equal(0x6e0001ffu, priority);
        Assert.True(view.TryGetIceControlled(out var tieBreaker));
        Assert.Equal(0x932ff9b151263b36ul, tieBreaker);
        Assert.False(view.HasUseCandidate);
        Assert.True(view.VerifyMessageIntegrity(Encoding.UTF8.GetBytes(ShortTermPassword)));
        Assert.False(view.VerifyMessageIntegrity("another password"u8));
        Assert.True(view.VerifyFingerprint());
    }

    [Fact]
    public void Section2_2_Ipv4Response_ReadsAndVerifies() =>
        AssertResponse(Ipv4Response, "192.0.2.1");

    [Fact]
    public void Section2_3_Ipv6Response_ReadsAndVerifies() =>
        AssertResponse(Ipv6Response, "2001:db8:1234:5678:11:2233:4455:6677");

    [Fact]
    public void Section2_4_LongTermRequest_VerifiesWithKeyFromRealm()
    {
        const string user = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9";
        var view = Parse(LongTermRequest);
        Assert.Equal(Encoding.UTF8.GetBytes(user), view.Username);
        Assert.True(view.TryGetAttribute(StunAttributeType.Realm, out var realm));
        Assert.Equal("example.org"u8, realm);
#pragma warning disable CA5351 // RFC 8489 §9.2.2 defines the key of this vector by MD5.
        var key = MD5.HashData(Encoding.UTF8.GetBytes($"{user}:example.org:TheMatrIX"));
#pragma warning restore CA5351
        Assert.True(view.VerifyMessageIntegrity(key));
        Assert.False(view.HasFingerprint);
    }

    [Theory]
    [InlineData(Ipv4Response, "192.0.2.1")]
    [InlineData(Ipv6Response, "2001:db8:1234:5678:11:2233:4455:6677")]
    public void Writer_SameFields_MakesTheResponsesUpToPadding(string hex, string address)
    {
        var expected = Bytes(hex);
        var view = Parse(hex);
        var buffer = new byte[256];
        var writer = new StunMessageWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, view.TransactionId);
        writer.WriteSoftware("test vector"u8);
        writer.WriteXorMappedAddress(System.Net.IPAddress.Parse(address).GetAddressBytes(), 32853);
        var covered = writer.Finish();
        writer.WriteMessageIntegrity(Encoding.UTF8.GetBytes(ShortTermPassword));
        writer.WriteFingerprint();

        Assert.Equal(expected.Length, writer.Finish());
        // The vectors pad SOFTWARE with a space, this writer with zero; both are right (§14), so the value is compared.
        expected[35] = 0;
        Assert.Equal(expected[..covered], buffer[..covered]);
    }

    private static void AssertResponse(string hex, string address)
    {
        var view = Parse(hex);
        Assert.Equal(StunClass.SuccessResponse, view.Class);
        Assert.Equal(StunMethod.Binding, view.Method);
        Assert.True(view.TryGetAttribute(StunAttributeType.Software, out var software));
        Assert.Equal("test vector"u8, software);
        var octets = new byte[16];
        Assert.True(view.TryGetXorMappedAddress(octets, out var length, out var port));
        Assert.Equal(System.Net.IPAddress.Parse(address), new System.Net.IPAddress(octets.AsSpan(0, length)));
        Assert.Equal(32853, port);
        Assert.True(view.VerifyMessageIntegrity(Encoding.UTF8.GetBytes(ShortTermPassword)));
        Assert.True(view.VerifyFingerprint());
    }

    private static StunMessageView Parse(string hex)
    {
        Assert.Equal(StunError.None, StunMessageView.TryParse(Bytes(hex), out var view));
        return view;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}

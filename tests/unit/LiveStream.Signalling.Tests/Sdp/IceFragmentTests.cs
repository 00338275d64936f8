using LiveStream.Signalling.Sdp;

namespace LiveStream.Signalling.Tests.Sdp;

public sealed class IceFragmentTests
{
    private const string Creds = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n";
    private const string Candidate = "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n";

    [Fact]
    public void TryParse_SectionWithCandidates_YieldsCredentialsAndCount()
    {
        var error = IceFragment.TryParse(
            $"a=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n{Creds}{Candidate}{Candidate}a=end-of-candidates\r\n",
            out var fragment);

        Assert.Equal(IceFragmentError.None, error);
        Assert.Equal("EsAw", fragment.Ufrag.ToString());
        Assert.Equal("P2uYro0UCOQ4zxjKXaWCBui1", fragment.Pwd.ToString());
        Assert.Equal(2, fragment.CandidateCount);
    }

    [Theory]
    [InlineData("", IceFragmentError.Empty)]
    [InlineData("\r\n\n", IceFragmentError.Empty)]
    [InlineData("a=\r\n", IceFragmentError.LineMalformed)]
    [InlineData("x=1\r\n", IceFragmentError.LineMalformed)]
    [InlineData(Candidate, IceFragmentError.CandidateOutsideMedia)]
    [InlineData("m=a\r\na=candidate:x\r\n", IceFragmentError.CandidateMalformed)]
    [InlineData("m=a\r\na=ice-ufrag:EsAw\r\n", IceFragmentError.CredentialsIncomplete)]
    [InlineData("m=a\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n", IceFragmentError.CredentialsIncomplete)]
    [InlineData("m=a\r\na=ice-ufrag:abc\r\n", IceFragmentError.CredentialsMalformed)]
    [InlineData("m=a\r\na=ice-ufrag:ab d\r\n", IceFragmentError.CredentialsMalformed)]
    [InlineData("m=a\r\na=ice-pwd:short\r\n", IceFragmentError.CredentialsMalformed)]
    [InlineData("m=a\r\na=ice-ufrag:EsAw\r\nm=b\r\na=ice-ufrag:Other\r\n", IceFragmentError.CredentialsDiffer)]
    public void TryParse_Malformed_SaysWhy(string text, IceFragmentError expected) =>
        Assert.Equal(expected, IceFragment.TryParse(text, out _));

    [Fact]
    public void TryParse_MoreLinesThanTheBound_IsRefused() =>
        Assert.Equal(IceFragmentError.TooManyLines, IceFragment.TryParse(string.Concat(Enumerable.Repeat("a=x\n", 513)), out _));

    [Theory]
    [InlineData("1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1", true)]
    [InlineData("473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active", true)]
    [InlineData("842163049 1 UDP 1677729535 2001:db8::1 40000 typ srflx raddr 0.0.0.0 rport 0", true)]
    [InlineData("1 1 udp 1 3d8e5f0c-8a3f-4b1e-9e54-0dbf2e4cf1f7.local 5000 typ host", true)]
    [InlineData("1 1 udp 1 192.0.2.1 0 typ host", true)]
    [InlineData("1 0 udp 1 192.0.2.1 1 typ host", false)]
    [InlineData("1 257 udp 1 192.0.2.1 1 typ host", false)]
    [InlineData("1 1 udp 0 192.0.2.1 1 typ host", false)]
    [InlineData("1 1 udp 2147483648 192.0.2.1 1 typ host", false)]
    [InlineData("1 1 udp 1 192.0.2.1 65536 typ host", false)]
    [InlineData("1 1 udp 1 192.0.2.1 1 type host", false)]
    [InlineData("1 1 udp 1 192.0.2.1 1 typ", false)]
    [InlineData("1 1 udp 1 192.0.2.1 1 typ host extra", false)]
    [InlineData("1 1 udp 1 192.0.2.1 1 typ host ", false)]
    [InlineData("1  1 udp 1 192.0.2.1 1 typ host", false)]
    [InlineData("123456789012345678901234567890123 1 udp 1 192.0.2.1 1 typ host", false)]
    [InlineData("", false)]
    public void IsCandidate_FollowsRfc8839(string text, bool expected) => Assert.Equal(expected, IceGrammar.IsCandidate(text));

    [Fact]
    public void TryParse_MutatedFragments_NeverThrowAndKeepTheGrammar()
    {
        var random = new Random(8840);
        var seed = $"a=ice-options:trickle\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n{Creds}{Candidate}".ToCharArray();
        for (var i = 0; i < 20_000; i++)
        {
            var text = seed.AsSpan(0, random.Next(seed.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && text.Length > 0; flips--)
                text[random.Next(text.Length)] = (char)random.Next(random.Next(2) == 0 ? 128 : 65536);

            if (IceFragment.TryParse(text, out var fragment) != IceFragmentError.None) continue;

            // Re-derived the slow way from the text itself.
            var lines = new string(text).Split('\n').Select(l => l.EndsWith('\r') ? l[..^1] : l).Where(l => l.Length > 0).ToList();
            Assert.Equal(lines.Count(l => l.StartsWith("a=candidate:", StringComparison.Ordinal)), fragment.CandidateCount);
            Assert.Equal(
                lines.LastOrDefault(l => l.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))?[12..] ?? "", fragment.Ufrag.ToString());
            Assert.True(fragment.Ufrag.IsEmpty || fragment.Pwd.Length >= 22);
        }
    }
}

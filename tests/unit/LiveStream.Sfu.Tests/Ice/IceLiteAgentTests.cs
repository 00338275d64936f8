using System.Net;
using System.Text;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Stun;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Tests.Ice;

public sealed class IceLiteAgentTests
{
    private readonly IceCredentials _credentials = IceCredentials.Create();
    private readonly IceLiteAgent _agent;
    private readonly byte[] _response = new byte[512];

    public IceLiteAgentTests() => _agent = new IceLiteAgent(_credentials);

    [Fact]
    public void Handle_GoodRequest_AnswersWithTheMappedAddressAndValidates()
    {
        Assert.Equal(IceOutcome.Validated, Handle(Request(_credentials), Address(1), out var response));
        Assert.Equal(StunClass.SuccessResponse, response.Class);
        Assert.True(response.VerifyMessageIntegrity(_credentials.PasswordBytes));
        Assert.True(response.VerifyFingerprint());
        var address = new byte[16];
        Assert.True(response.TryGetXorMappedAddress(address, out var length, out var port));
        Assert.Equal((IPAddress.Loopback, 1), (new IPAddress(address.AsSpan(0, length)), port));
        Assert.Equal(Address(1), _agent.Selected);
    }

    [Fact]
    public void Handle_UseCandidate_Nominates()
    {
        Handle(Request(_credentials), Address(1), out _);
        Assert.Equal(IceOutcome.Nominated, Handle(Request(_credentials, use: true), Address(2), out _));
        Assert.Equal(Address(2), _agent.Selected);
        // A later check on another path keeps the nominated one.
        Handle(Request(_credentials), Address(1), out _);
        Assert.Equal(Address(2), _agent.Selected);
    }

    [Fact]
    public void Handle_WrongPassword_IsIgnoredWithoutAnswer()
    {
        var request = Build(_credentials.UserFragment, "wrong-password-wrong-pass"u8, controlled: false, use: true, unknown: 0);
        Assert.Equal(IceOutcome.Ignored, Handle(request, Address(1), out _));
        Assert.False(_agent.HasSelected);
        Assert.Empty(_agent.Validated);
    }

    [Fact]
    public void Handle_AnyByteChanged_IsIgnored()
    {
        var request = Request(_credentials, use: true);
        // FINGERPRINT, the last eight bytes, lies behind what the integrity covers and may be missing.
        for (var i = 0; i < request.Length - 8; i++)
        {
            var changed = request.ToArray();
            changed[i] ^= 0x10;
            if (StunMessageView.TryParse(changed, out var message) != StunError.None) continue;
            if (!IceCredentials.TryGetKey(message.Username, out var key)) continue;
            Assert.Equal(IceOutcome.Ignored, _agent.Handle(message, key, Address(1), Address(1), 0, _response, out var length));
            Assert.Equal(0, length);
        }
    }

    [Fact]
    public void Handle_OtherFragment_IsIgnored() =>
        Assert.Equal(IceOutcome.Ignored, Handle(Request(IceCredentials.Create()), Address(1), out _));

    [Fact]
    public void Handle_PeerIsControlledToo_IsRefusedWithRoleConflict()
    {
        Assert.Equal(IceOutcome.Refused, Handle(Request(_credentials, controlled: true), Address(1), out var response));
        Assert.True(response.TryGetErrorCode(out var code));
        Assert.Equal(487, code);
        Assert.Empty(_agent.Validated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(30)]
    public void Handle_UnknownRequiredAttributes_AreRefusedByName(int count)
    {
        Assert.Equal(IceOutcome.Refused, Handle(Request(_credentials, unknown: count), Address(1), out var response));
        Assert.True(response.TryGetErrorCode(out var code));
        Assert.Equal(420, code);
        Assert.True(response.TryGetAttribute((StunAttributeType)0x000A, out var names));
        Assert.Equal(2 * Math.Min(count, 8), names.Length);
    }

    [Fact]
    public void Handle_ResponseOrIndication_IsIgnored()
    {
        foreach (var cls in new[] { StunClass.SuccessResponse, StunClass.ErrorResponse, StunClass.Indication })
            Assert.Equal(IceOutcome.Ignored, Handle(Build(_credentials.UserFragment, _credentials.PasswordBytes, false, true, 0, cls), Address(1), out _));
    }

    [Fact]
    public void Restart_BothCredentialsWorkUntilTheNewOnesAreUsed()
    {
        var fresh = IceCredentials.Create();
        _agent.Restart(fresh);
        Assert.Equal(IceOutcome.Validated, Handle(Request(_credentials), Address(1), out _));
        Assert.Equal(IceOutcome.Nominated, Handle(Request(fresh, use: true), Address(2), out var response));
        Assert.True(response.VerifyMessageIntegrity(fresh.PasswordBytes));
        Assert.Equal(IceOutcome.Ignored, Handle(Request(_credentials), Address(1), out _));
        Assert.False(_agent.Owns(_credentials.Key));
    }

    [Fact]
    public void Restart_TwiceBeforeACheck_OldAndNewestWork()
    {
        var (second, third) = (IceCredentials.Create(), IceCredentials.Create());
        _agent.Restart(second);
        _agent.Restart(third);
        Assert.Equal(IceOutcome.Ignored, Handle(Request(second), Address(1), out _));
        Assert.Equal(IceOutcome.Validated, Handle(Request(_credentials), Address(1), out _));
        Assert.Equal(IceOutcome.Validated, Handle(Request(third), Address(1), out _));
    }

    [Fact]
    public void Handle_ManyAddresses_OldestUnusedIsEvicted()
    {
        Handle(Request(_credentials, use: true), Address(1), out _);
        for (var port = 2; port <= 12; port++)
        {
            Handle(Request(_credentials), Address(port), out _);
            Assert.Equal(default, _agent.Evicted);
        }

        Handle(Request(_credentials), Address(13), out _);
        Assert.Equal(Address(2), _agent.Evicted);
        Assert.Equal(12, _agent.Validated.Count);
        Assert.Contains(Address(1), _agent.Validated);
    }

    [Fact]
    public void Forget_SelectedAddress_FallsBackToTheNewestProven()
    {
        Handle(Request(_credentials), Address(1), out _);
        Handle(Request(_credentials, use: true), Address(2), out _);
        _agent.Forget(Address(2));
        Assert.Equal(Address(1), _agent.Selected);
        _agent.Forget(Address(1));
        Assert.False(_agent.HasSelected);
    }

    private static SocketAddressValue Address(int port) => SocketAddressValue.FromEndPoint(new IPEndPoint(IPAddress.Loopback, port));

    private IceOutcome Handle(byte[] request, SocketAddressValue from, out StunMessageView response)
    {
        response = default;
        Assert.Equal(StunError.None, StunMessageView.TryParse(request, out var message));
        Assert.True(IceCredentials.TryGetKey(message.Username, out var key));
        var outcome = _agent.Handle(message, key, from, from, 5, _response, out var length);
        Assert.Equal(outcome == IceOutcome.Ignored, length == 0);
        if (length > 0) Assert.Equal(StunError.None, StunMessageView.TryParse(_response.AsSpan(0, length), out response));
        return outcome;
    }

    private static byte[] Request(IceCredentials credentials, bool controlled = false, bool use = false, int unknown = 0) =>
        Build(credentials.UserFragment, credentials.PasswordBytes, controlled, use, unknown);

    private static byte[] Build(string fragment, ReadOnlySpan<byte> password, bool controlled, bool use, int unknown, StunClass cls = StunClass.Request)
    {
        var buffer = new byte[1024];
        var writer = new StunMessageWriter(buffer, cls, StunMethod.Binding, "123456789012"u8);
        writer.WriteUsername(Encoding.ASCII.GetBytes(fragment + ":peer"));
        if (controlled) writer.WriteIceControlled(7);
        else writer.WriteIceControlling(7);
        if (use) writer.WriteUseCandidate();
        for (var i = 0; i < unknown; i++) writer.WriteBytes((StunAttributeType)(0x7F00 + i), [1, 2, 3, 4]);
        writer.WriteMessageIntegrity(password);
        writer.WriteFingerprint();
        return buffer[..writer.Finish()];
    }
}

using System.Net;
using System.Text;
using LiveStream.Sfu.Stun;
using LiveStream.Testing.Rtc;

namespace LiveStream.Sfu.Tests.Rtc;

/// <summary>The test client's answers to the checks of servers that are full ICE agents.</summary>
public sealed class IceControllingAgentTests
{
    private static readonly RemoteCandidate s_server = new(new IPEndPoint(IPAddress.Loopback, 7882), IceTransport.Udp, 1);

    private readonly IceControllingAgent _agent = new(new IceCredentials("local", "password-of-the-client", "remote", "password-of-the-server"), [s_server], new Random(1));

    [Fact]
    public void Check_WithOurPassword_IsAnsweredByTheSameTransaction()
    {
        Assert.True(TryAnswer("password-of-the-client", StunClass.Request, out var answer));
        Assert.Equal(StunError.None, StunMessageView.TryParse(answer, out var message));
        Assert.Equal((StunClass.SuccessResponse, StunMethod.Binding), (message.Class, message.Method));
        Assert.Equal(Transaction, message.TransactionId);
        Assert.True(message.VerifyMessageIntegrity("password-of-the-client"u8) && message.VerifyFingerprint());
    }

    [Theory]
    [InlineData("password-of-the-server", StunClass.Request)]
    [InlineData("password-of-the-client", StunClass.Indication)]
    [InlineData("password-of-the-client", StunClass.SuccessResponse)]
    public void AnythingElse_IsNotAnswered(string password, StunClass cls) => Assert.False(TryAnswer(password, cls, out _));

    private static ReadOnlySpan<byte> Transaction => "transaction1"u8;

    private bool TryAnswer(string password, StunClass cls, out byte[] answer)
    {
        var check = new byte[IceControllingAgent.MaxCheckSize];
        var writer = new StunMessageWriter(check, cls, StunMethod.Binding, Transaction);
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(password));
        writer.WriteFingerprint();
        Assert.Equal(StunError.None, StunMessageView.TryParse(check.AsSpan(0, writer.Finish()), out var message));
        var destination = new byte[IceControllingAgent.MaxCheckSize];
        var answered = _agent.TryAnswer(message, destination, out var length, out var target);
        if (answered) Assert.Equal(s_server, target);
        answer = destination[..length];
        return answered;
    }
}

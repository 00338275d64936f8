using System.Text;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Stun;
using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Rtc;

/// <summary>
/// The smallest server half of a session: ICE-lite answers, DTLS server, SRTP. Sends each RTP packet back as it came, so
/// that a sending client is also its own viewer.
/// </summary>
internal sealed class LoopbackServer : IDtlsOutput, IDisposable
{
    private const string Ufrag = "srvU", Pwd = "serverPasswordOfTwentyTwo";

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly DtlsEndpoint _dtls;
    private readonly Action<byte[]> _send;
    private readonly string _offerUfrag;
    private readonly Dictionary<uint, SrtpReceiveState> _states = [];
    private SrtpSender? _sender;
    private SrtpReceiver? _receiver;

    public LoopbackServer(string offer, string candidate, Action<byte[]> send, DtlsSettings? settings = null)
    {
        Assert.True(SessionDescription.TryParse(offer, out var session, out var error), error);
        _send = send;
        _offerUfrag = session.Media[0].Attributes.Find(attribute => attribute.Name == "ice-ufrag")!.Value!;
        var fingerprint = session.Media[0].Attributes.Find(attribute => attribute.Name == "fingerprint")!.Value!;
        Assert.True(DtlsFingerprint.TryParse(fingerprint, out var expected));
        _dtls = new DtlsEndpoint(_identity, DtlsRole.Server, expected!, this, settings ?? DtlsSettings.Default);
        Answer = WriteAnswer(session, candidate);
    }

    public string Answer { get; }

    public bool Nominated { get; private set; }

    public int Checks { get; private set; }

    /// <summary>Leaves checks unanswered.</summary>
    public bool Mute { get; set; }

    public List<byte[]> Rtp { get; } = [];

    public List<byte[]> Rtcp { get; } = [];

    public void Receive(byte[] datagram)
    {
        switch (MediaDatagram.Classify(datagram))
        {
            case DatagramKind.Stun:
                AnswerCheck(datagram);
                break;
            case DatagramKind.Dtls:
                _dtls.Receive(datagram);
                if (_dtls.State != DtlsState.Connected || _sender is not null) break;
                _sender = SrtpSender.Create(_dtls.Keys!.Profile, _dtls.Keys.ServerKey, _dtls.Keys.ServerSalt);
                _receiver = SrtpReceiver.Create(_dtls.Keys.Profile, _dtls.Keys.ClientKey, _dtls.Keys.ClientSalt);
                break;
            case DatagramKind.Rtp:
                ReceiveRtp(datagram);
                break;
            case DatagramKind.Rtcp:
                if (_receiver!.UnprotectRtcp(datagram, out var length) == SrtpResult.Ok) Rtcp.Add(datagram[..length]);
                break;
        }
    }

    public void SendRtcp(Func<byte[], int> write)
    {
        var packet = new byte[1500];
        var length = _sender!.ProtectRtcp(packet, write(packet));
        _send(packet[..length]);
    }

    public void Close() => _dtls.Close();

    public void Dispose()
    {
        _dtls.Dispose();
        _identity.Dispose();
        _sender?.Dispose();
        _receiver?.Dispose();
    }

    void IDtlsOutput.SendDtls(ReadOnlySpan<byte> datagram) => _send(datagram.ToArray());

    private void AnswerCheck(byte[] datagram)
    {
        if (Mute) return;
        Assert.Equal(StunError.None, StunMessageView.TryParse(datagram, out var check));
        Assert.Equal(StunClass.Request, check.Class);
        Assert.Equal($"{Ufrag}:{_offerUfrag}", Encoding.ASCII.GetString(check.Username));
        Assert.True(check.VerifyMessageIntegrity(Encoding.ASCII.GetBytes(Pwd)));
        Assert.True(check.VerifyFingerprint());
        Assert.True(check.TryGetIceControlling(out _));
        Assert.True(check.TryGetPriority(out _));
        Checks++;
        Nominated |= check.HasUseCandidate;
        var reply = new byte[256];
        var writer = new StunMessageWriter(reply, StunClass.SuccessResponse, StunMethod.Binding, check.TransactionId);
        writer.WriteXorMappedAddress([127, 0, 0, 1], 1234);
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(Pwd));
        writer.WriteFingerprint();
        _send(reply[..writer.Finish()]);
    }

    private void ReceiveRtp(byte[] datagram)
    {
        if (_receiver is null || RtpPacketView.TryParseHeader(datagram, out var header) != RtpError.None) return;
        ref var state = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_states, header.Ssrc, out _);
        if (_receiver.UnprotectRtp(datagram, header.HeaderLength, ref state, out var length) != SrtpResult.Ok) return;
        var plain = datagram[..length];
        Rtp.Add(plain);
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(plain, out var packet));
        var echo = new byte[2048];
        plain.AsSpan(0, packet.HeaderLength).CopyTo(echo);
        var size = _sender!.ProtectRtp(echo, packet.HeaderLength, packet.Payload, state.RolloverCounter);
        _send(echo[..size]);
    }

    private string WriteAnswer(SessionDescription offer, string candidate)
    {
        var answer = new StringBuilder();
        answer.Append("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE 0 1\r\n");
        foreach (var media in offer.Media)
        {
            answer.Append($"m={media.Kind} 9 {media.Protocol} {string.Join(' ', media.Formats)}\r\nc=IN IP4 0.0.0.0\r\n");
            answer.Append($"a=mid:{media.Attributes.Find(attribute => attribute.Name == "mid")!.Value}\r\n");
            answer.Append($"a=ice-ufrag:{Ufrag}\r\na=ice-pwd:{Pwd}\r\n");
            answer.Append($"a=fingerprint:sha-256 {_identity.FingerprintText}\r\na=setup:passive\r\na=rtcp-mux\r\n");
            foreach (var map in media.Attributes.Where(attribute => attribute.Name == "extmap")) answer.Append($"a=extmap:{map.Value}\r\n");
            answer.Append($"a=sendrecv\r\na=candidate:{candidate}\r\na=end-of-candidates\r\n");
        }
        return answer.ToString();
    }
}

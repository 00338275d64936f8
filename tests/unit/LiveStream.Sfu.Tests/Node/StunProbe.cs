using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveStream.Sfu.Stun;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>A bare socket that sends binding requests for an answer's credentials, over UDP or TCP (RFC 4571 frames).</summary>
internal sealed class StunProbe : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly bool _framed;
    private byte _transaction;

    public StunProbe(int port, bool tcp = false)
    {
        _framed = tcp;
        Socket = tcp ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    public Socket Socket { get; }

    public static (string Fragment, string Password) Credentials(string sdp)
    {
        Assert.True(SessionDescription.TryParse(sdp, out var session, out var error), error);
        return (session.FindIceUfrag(session.Media[0])!, session.FindIcePwd(session.Media[0])!);
    }

    /// <summary>Sends a request and returns its transaction number; as the controlled side, which the node is itself, where asked to.</summary>
    public async Task<byte> SendAsync((string Fragment, string Password) credentials, CancellationToken cancellationToken, bool controlled = false)
    {
        var transaction = new byte[12];
        transaction[0] = ++_transaction;
        var message = new byte[512];
        await Socket.SendAsync(Build(message, transaction, credentials, controlled), cancellationToken);
        return _transaction;
    }

    /// <summary>Next datagram or frame; empty at the end of the connection.</summary>
    public async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!_framed) return _buffer.AsMemory(0, await Socket.ReceiveAsync(_buffer, cancellationToken));
        var wanted = 2;
        for (var read = 0; read < wanted;)
        {
            var count = await Socket.ReceiveAsync(_buffer.AsMemory(read, wanted - read), cancellationToken);
            if (count == 0) return default;
            read += count;
            if (read == 2) wanted = 2 + BinaryPrimitives.ReadUInt16BigEndian(_buffer);
        }

        return _buffer.AsMemory(2, wanted - 2);
    }

    public void Dispose() => Socket.Dispose();

    private ReadOnlyMemory<byte> Build(byte[] message, byte[] transaction, (string Fragment, string Password) credentials, bool controlled)
    {
        var offset = _framed ? 2 : 0;
        var writer = new StunMessageWriter(message.AsSpan(offset), StunClass.Request, StunMethod.Binding, transaction);
        writer.WriteUsername(Encoding.ASCII.GetBytes(credentials.Fragment + ":probe"));
        if (controlled) writer.WriteIceControlled(1);
        else writer.WriteIceControlling(1);
        writer.WriteUseCandidate();
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(credentials.Password));
        writer.WriteFingerprint();
        var length = writer.Finish();
        if (_framed) BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        return message.AsMemory(0, offset + length);
    }
}

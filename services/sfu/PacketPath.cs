using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Stun;
using LiveStream.Sfu.Tcp;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Udp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu;

/// <summary>
/// The way of a packet, and the file to read first. Stages do not call each other: this class hands on.
/// <code>
/// in:  (1) classify  (2) STUN → ICE  (3) DTLS → side thread  (4) SRTP  (5) RTP → router  (6) SRTCP → RTCP
/// out: (7) router → per subscriber header, encrypted straight into the arena  (8) one sendmmsg of UDP_SEGMENT runs
/// </code>
/// Nothing here allocates, locks or waits per packet; remote bytes are dropped and counted, never thrown on.
/// All calls come from one worker thread.
/// </summary>
internal sealed class PacketPath(TransportTable transports, DtlsWorker dtls, SendArena arena, ForwardBatch batch, PacketCounters counters)
{
    private readonly byte[] _response = new byte[StunMessageView.MaxSize];
    private readonly RtcpHandler _rtcp = new(counters);
    private long _now;

    /// <summary>Time of this turn, in the worker's microseconds; set before its first packet.</summary>
    public void BeginTurn(long nowMicroseconds) => _now = nowMicroseconds;

    /// <summary>A frame's first packets wait for the rest of it.</summary>
    public bool HoldsFrame => batch.HasVideo;

    /// <summary>The time that was set for this turn.</summary>
    public long Now => _now;

    /// <summary>Takes one datagram, or one RFC 4571 frame (then with its connection). The bytes are decrypted in place.</summary>
    /// <param name="datagram">The bytes.</param>
    /// <param name="from">The sender.</param>
    /// <param name="connection">Of a frame.</param>
    /// <param name="arrivedAt">When the machine received it, in the worker's microseconds: before this turn.</param>
    public void Inbound(Span<byte> datagram, in SocketAddressValue from, FramedConnection? connection, long arrivedAt)
    {
        counters.Received++;
        // (1) The first byte tells the protocol (RFC 7983 §7).
        var kind = MediaDatagram.Classify(datagram);
        if (kind == DatagramKind.Stun)
        {
            OnStun(datagram, from, connection);
            return;
        }

        // Everything else must come from an address that passed a STUN integrity check.
        if (!transports.TryGet(from, out var transport))
        {
            counters.FromUnknownAddress++;
            return;
        }

        switch (kind)
        {
            case DatagramKind.Dtls:
                // (3) Handshakes cost too much for this thread.
                dtls.Enqueue(transport.Key, datagram);
                break;
            case DatagramKind.Rtp:
                OnRtp(transport, datagram, arrivedAt);
                break;
            case DatagramKind.Rtcp:
                OnRtcp(transport, datagram);
                break;
            default:
                counters.Malformed++;
                break;
        }
    }

    /// <summary>
    /// Ends a turn: hands on what was received, unless the rest of a frame is worth a short wait, and gives everything to
    /// send to the kernel. Returns when to be back at the latest, in the worker's microseconds.
    /// </summary>
    public long EndTurn(long nowMicroseconds)
    {
        var due = batch.DueAt(nowMicroseconds);
        if (due <= nowMicroseconds)
        {
            // (7)
            batch.Forward(nowMicroseconds);
            due = long.MaxValue;
        }

        // (8)
        arena.Flush();
        return due;
    }

    private void OnStun(ReadOnlySpan<byte> datagram, in SocketAddressValue from, FramedConnection? connection)
    {
        // (2)
        if (StunMessageView.TryParse(datagram, out var message) != StunError.None
            || !IceCredentials.TryGetKey(message.Username, out var key)
            || !transports.TryGetByFragment(key, out var transport))
        {
            counters.StunIgnored++;
            return;
        }

        var mapped = connection?.Remote ?? from;
        var outcome = transport.Ice.Handle(message, key, from, mapped, _now, _response, out var length);
        if (outcome is IceOutcome.Ignored) counters.StunIgnored++;
        if (outcome is IceOutcome.Validated or IceOutcome.Nominated)
        {
            transport.LastHeardAt = _now;
            transports.Add(from, transport);
            if (connection is not null)
            {
                connection.Trusted = true;
                transport.Connections[from] = connection;
            }

            if (transport.Ice.Evicted != default)
            {
                transports.Remove(transport.Ice.Evicted);
                if (transport.Connections.Remove(transport.Ice.Evicted, out var evicted)) evicted.Abandon();
            }
        }

        if (length == 0) return;
        // A connection is no path of the transport before it has passed a check, and a refusal says why it has not.
        if (connection is not null) connection.TrySend(_response.AsSpan(0, length));
        else transport.SendPlain(_response.AsSpan(0, length), from);
    }

    private void OnRtp(MediaTransport transport, Span<byte> packet, long arrivedAt)
    {
        if (transport is not { Receiver: { } receiver, Ingress: { } ingress } || RtpPacketView.TryParseHeader(packet, out var header) != RtpError.None)
        {
            counters.Malformed++;
            return;
        }

        // (4) State of an SSRC changes only after its packet authenticates.
        var known = ingress.TryGet(header.Ssrc, out var source);
        var fresh = default(SrtpReceiveState);
        ref var state = ref known ? ref source!.Srtp : ref fresh;
        var result = receiver.UnprotectRtp(packet, header.HeaderLength, ref state, out var length);
        if (result != SrtpResult.Ok)
        {
            if (result == SrtpResult.AuthenticationFailed) counters.AuthenticationFailed++;
            else counters.Replayed++;
            return;
        }

        // (5)
        if (RtpPacketView.TryParse(packet[..length], out var view) != RtpError.None)
        {
            counters.Malformed++;
            return;
        }

        transport.LastHeardAt = _now;
        if (ingress.Extensions.TransportSequence != 0 && view.TryGetExtension(ingress.Extensions.TransportSequence, out var sequence)
            && TransportSequenceNumber.TryParse(sequence, out var transportSequence)) ingress.Feedback.OnPacket(transportSequence.Value, arrivedAt);
        if (source is null or { IsPlaced: false }) source = ingress.Bind(view, source is null ? fresh : source.Srtp);
        if (source is null)
        {
            counters.Unplaced++;
            return;
        }

        Accept(transport, source, view, arrivedAt);
    }

    private void Accept(MediaTransport transport, IncomingSource source, RtpPacketView view, long arrivedAt)
    {
        var payload = view.Payload;
        var sequenceNumber = view.SequenceNumber;
        if (source.IsRtx && !RtxPacket.TryGetOriginalSequenceNumber(payload, out sequenceNumber, out payload)) return;
        // Padding on the retransmission stream only probes the path.
        if (source.IsRtx && payload.IsEmpty) return;

        var media = source.Media;
        var extensions = transport.Ingress!.Extensions;
        var facts = new PacketFacts
        {
            Timestamp = view.Timestamp,
            Marker = view.Marker,
            PayloadType = media.Format.PayloadType,
            AudioLevel = ReadOctet(view, extensions.AudioLevel),
        };
        var stream = source.Stream;
        if (!stream.Accept(ref facts, sequenceNumber, payload, source.IsRtx, arrivedAt, _now))
        {
            counters.Duplicates++;
            return;
        }

        if (facts.AudioLevel != 0xFF) media.Track.Activity.OnPacket(facts.AudioLevel);
        if (!media.IsPublished)
        {
            media.IsPublished = true;
            transport.Room.Publish(media.Track);
        }

        batch.Add(transport.Room, stream, facts.Marker && media.Track.IsVideo, arrivedAt);
        if (stream.PendingFull) batch.Forward(_now);
    }

    private void OnRtcp(MediaTransport transport, Span<byte> packet)
    {
        // (6)
        if (transport.Receiver is not { } receiver) return;
        // Nobody asked for it (what is sent has no numbers then), and nothing hangs on it: not worth its decryption.
        if (RtcpHandler.IsTransportFeedback(packet, receiver.RtcpOverhead) && transport.Subscriber is { Egress.IsAdaptive: false }) return;
        var result = receiver.UnprotectRtcp(packet, out var length);
        if (result != SrtpResult.Ok)
        {
            if (result == SrtpResult.AuthenticationFailed) counters.AuthenticationFailed++;
            return;
        }

        transport.LastHeardAt = _now;
        _rtcp.Handle(transport, packet[..length], _now);
    }

    private static byte ReadOctet(RtpPacketView view, byte id) =>
        id != 0 && view.TryGetExtension(id, out var value) && value.Length == 1 ? value[0] : (byte)0xFF;
}

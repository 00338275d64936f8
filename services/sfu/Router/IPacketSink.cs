namespace LiveStream.Sfu.Router;

/// <summary>Where the router's packets leave: the encrypted path to one transport. It never throws and never blocks.</summary>
public interface IPacketSink
{
    /// <summary>
    /// Queues one RTP packet. <paramref name="header"/> is complete (RFC 3550 §5.1, extensions included);
    /// <paramref name="payload"/> includes the padding; <paramref name="rolloverCounter"/> holds the bits above the 16-bit sequence number.
    /// Both spans are used during the call only.
    /// </summary>
    void SendRtp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint rolloverCounter);

    /// <summary>Queues one RTCP compound packet (RFC 3550 §6.1, or reduced size RFC 5506).</summary>
    void SendRtcp(ReadOnlySpan<byte> compound);

    /// <summary>
    /// The router will send soon: fetches what sending reads into the processor's cache, at the depths 1 to 3, each of which
    /// reads what the one before it fetched. The sink itself is there.
    /// </summary>
    void Approach(int depth)
    {
    }
}

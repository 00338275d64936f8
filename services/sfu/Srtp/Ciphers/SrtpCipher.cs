namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// One direction of one transport: keys in place, layout and cipher of one profile. Knows no stream state. Not safe for
/// concurrent use. Pointers instead of spans, as the callers have checked all lengths and the buffers do not move.
/// </summary>
internal abstract unsafe class SrtpCipher : IDisposable
{
    /// <summary>Bytes that an RTP packet grows by.</summary>
    public abstract int RtpOverhead { get; }

    /// <summary>Bytes that an RTCP packet grows by.</summary>
    public abstract int RtcpOverhead { get; }

    /// <summary>Fetches into the processor's cache what <see cref="SealRtp"/> reads, where that is worth it.</summary>
    public virtual void FetchKeys()
    {
    }

    /// <summary>
    /// Encrypts <paramref name="payload"/> to <c>packet + headerLength</c> and writes the tag behind it. The two may be the
    /// same memory, but must not overlap otherwise.
    /// </summary>
    public abstract void SealRtp(byte* packet, int headerLength, byte* payload, int payloadLength, uint rolloverCounter);

    /// <summary>
    /// Checks the tag and, if it matches, decrypts <paramref name="payloadLength"/> bytes (tag not counted) in place.
    /// </summary>
    /// <returns>False if the tag does not match; the packet is then untouched.</returns>
    public abstract bool OpenRtp(byte* packet, int headerLength, int payloadLength, uint rolloverCounter);

    /// <summary>Encrypts everything behind the first 8 bytes in place; appends tag and index with the E bit set.</summary>
    public abstract void SealRtcp(byte* packet, int length, uint index);

    /// <summary>Where the word "E bit, SRTCP index" starts in a packet of this length.</summary>
    public abstract int RtcpIndexOffset(int length);

    /// <summary>Checks the tag of a whole SRTCP packet and, if it matches, decrypts in place.</summary>
    /// <returns>False if the tag does not match; the packet is then untouched.</returns>
    public abstract bool OpenRtcp(byte* packet, int length, uint index);

    /// <summary>Wipes the keys.</summary>
    public abstract void Dispose();

    /// <summary>RTCP header that stays clear: version to SSRC.</summary>
    protected const int RtcpHeaderLength = 8;

    /// <summary>The E bit of the SRTCP index word (RFC 3711 §3.4).</summary>
    protected const uint EncryptedBit = 0x80000000;
}

namespace LiveStream.Sfu.Transports;

/// <summary>Counters of one worker; written by its thread alone, read by metrics without tearing (64-bit).</summary>
internal sealed class PacketCounters
{
    public long Received;
    public long FromUnknownAddress;
    public long StunIgnored;
    public long Malformed;
    public long AuthenticationFailed;
    public long Replayed;
    public long Duplicates;
    public long Unplaced;
    public long RtcpMalformed;
    public long NacksSent;
    public long KeyFrameRequestsSent;

    /// <summary>Managed memory that the thread has allocated since it began, in bytes.</summary>
    public long AllocatedBytes;

    /// <summary>All that was received and not used.</summary>
    public long Dropped => FromUnknownAddress + StunIgnored + Malformed + AuthenticationFailed + Replayed + Duplicates + Unplaced + RtcpMalformed;
}

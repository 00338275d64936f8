namespace LiveStream.Sfu.Sctp;

/// <summary>A DATA chunk that was sent and may have to be sent again.</summary>
internal sealed class SctpSendChunk
{
    public required uint Tsn { get; init; }

    public required ushort Stream { get; init; }

    public required ushort StreamSequenceNumber { get; init; }

    public required uint PayloadProtocol { get; init; }

    /// <summary>Begin and end of the message (RFC 9260 §3.3.1).</summary>
    public required byte Flags { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What it takes of the send buffer.</summary>
    public required int Cost { get; init; }

    public TimeSpan SentAt { get; set; }

    /// <summary>Sent more than once: its acknowledgement measures nothing.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Named by a gap block.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>Has to be sent again.</summary>
    public bool IsLost { get; set; }

    /// <summary>Acknowledgements that passed it over.</summary>
    public int Missed { get; set; }

    /// <summary>Counts as under way.</summary>
    public bool IsInFlight => !IsAcknowledged && !IsLost;
}

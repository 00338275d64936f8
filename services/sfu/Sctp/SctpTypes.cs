namespace LiveStream.Sfu.Sctp;

/// <summary>Chunk types (RFC 9260 §3.2, RFC 3758, RFC 6525).</summary>
internal enum SctpChunkType : byte
{
    Data = 0,
    Init = 1,
    InitAck = 2,
    Sack = 3,
    Heartbeat = 4,
    HeartbeatAck = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAck = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAck = 11,
    ShutdownComplete = 14,
    ReConfig = 130,
    ForwardTsn = 192,
}

/// <summary>Parameter types of INIT, INIT ACK (RFC 9260 §3.3.2) and RE-CONFIG (RFC 6525 §4).</summary>
internal static class SctpParameter
{
    public const ushort StateCookie = 7;
    public const ushort OutgoingReset = 13, ReConfigResponse = 16;
    public const ushort SupportedExtensions = 0x8008, ForwardTsnSupported = 0xC000;
}

/// <summary>Results of a re-configuration request (RFC 6525 §4.4).</summary>
internal static class ReConfigResult
{
    public const uint Performed = 1, Denied = 2, BadSequenceNumber = 5, InProgress = 6;
}

/// <summary>What a message is, for its receiver (RFC 8831 §8).</summary>
internal static class PayloadProtocol
{
    public const uint Dcep = 50, String = 51, Binary = 53, StringEmpty = 56, BinaryEmpty = 57;
}

/// <summary>Why a packet cannot be read.</summary>
internal enum SctpError : byte
{
    None,
    TooShort,
    BadChecksum,
    ChunkTruncated,
}

/// <summary>Life of an association; the states of an orderly shutdown pass within one call here.</summary>
internal enum SctpState : byte
{
    /// <summary>None, or ended. An INIT of the peer begins one.</summary>
    Closed,

    /// <summary>INIT is sent.</summary>
    CookieWait,

    /// <summary>COOKIE ECHO is sent.</summary>
    CookieEchoed,

    /// <summary>Messages pass.</summary>
    Established,
}

/// <summary>Bounds and timers of an association.</summary>
internal sealed record SctpSettings
{
    /// <summary>The defaults.</summary>
    public static SctpSettings Default { get; } = new();

    /// <summary>Port of this side, and of the peer until its first packet (RFC 8841 §5).</summary>
    public ushort Port { get; init; } = 5000;

    /// <summary>Longest packet: with a DTLS record around it within the 1200 bytes of <see cref="Dtls.DtlsCallbacks.Mtu"/>.</summary>
    public int Mtu { get; init; } = 1160;

    /// <summary>Longest message taken; a longer one ends the association, as SDP says what the limit is.</summary>
    public int MaximumMessage { get; init; } = 64 << 10;

    /// <summary>Bytes of unread data that may wait, with what each chunk costs.</summary>
    public int ReceiveWindow { get; init; } = 128 << 10;

    /// <summary>Bytes that may wait to be sent or acknowledged, with what each message costs. Also the longest message sent.</summary>
    public int SendBuffer { get; init; } = 256 << 10;

    /// <summary>Wait before the first retransmission, while no round trip is measured.</summary>
    public TimeSpan InitialTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Shortest wait before a retransmission.</summary>
    public TimeSpan MinimumTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before a retransmission.</summary>
    public TimeSpan MaximumTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Timeouts in a row that end the association.</summary>
    public int MaximumRetransmissions { get; init; } = 10;
}

/// <summary>Uses an <see cref="SctpAssociation"/>, on its thread. Spans are valid only during the call.</summary>
internal interface ISctpUser
{
    /// <summary>Takes one packet for the peer.</summary>
    void SendPacket(ReadOnlySpan<byte> packet);

    /// <summary>Messages may be sent.</summary>
    void OnConnected();

    /// <summary>A whole message.</summary>
    void OnMessage(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> message);

    /// <summary>The peer sends nothing more on the stream, or may begin anew on it (RFC 6525 §5.2.2).</summary>
    void OnStreamReset(ushort stream);

    /// <summary>All streams are gone.</summary>
    void OnClosed(string reason);
}

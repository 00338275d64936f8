using LiveStream.Sfu.Router;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Transports;

/// <summary>One SSRC of a publisher: its SRTP state and the stream it feeds, as media or as retransmissions of it.</summary>
internal sealed class IncomingSource
{
    /// <summary>Changed in place by each packet that authenticates.</summary>
    public SrtpReceiveState Srtp;

    public required uint Ssrc { get; init; }

    public required PublishedMedia Media { get; init; }

    /// <summary>False once its m-line is gone: its packets have no place.</summary>
    public bool IsPlaced { get; set; } = true;

    public required IncomingStream Stream { get; init; }

    /// <summary>RFC 4588 retransmissions of the stream.</summary>
    public required bool IsRtx { get; init; }
}

/// <summary>An m-line with its track, and whether the room knows of it yet.</summary>
internal sealed class PublishedMedia(PublishFormat format, PublishedTrack track)
{
    /// <summary>As agreed on last; the description in it stays the same.</summary>
    public PublishFormat Format { get; set; } = format;

    public PublishedTrack Track { get; } = track;

    /// <summary>Set by the first media packet: a track that sends nothing is not shown to anyone.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Command sequence number of RFC 5104 §4.3.1.</summary>
    public byte FirSequence { get; set; }
}

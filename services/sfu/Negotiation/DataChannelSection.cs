using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>An accepted m-line of data channels.</summary>
/// <param name="Mid">Its mid.</param>
/// <param name="RemotePort">SCTP port of the other side (RFC 8841 §5).</param>
/// <param name="RemoteMaximumMessage">Largest message that it takes, in bytes (RFC 8841 §6).</param>
internal sealed record DataChannelMedia(string Mid, ushort RemotePort, int RemoteMaximumMessage);

/// <summary>The m-line of data channels (RFC 8841), without what belongs to the transport. Pure.</summary>
internal static class DataChannelSection
{
    private const string Kind = "application", Protocol = "UDP/DTLS/SCTP", Format = "webrtc-datachannel";
    private const int Port = 5000, MaximumMessage = 65536;

    /// <summary>A section of ours, to offer or to answer with.</summary>
    public static MediaDescription Create(string mid)
    {
        var section = new MediaDescription { Kind = Kind, Port = 9, Protocol = Protocol, Connection = "IN IP4 0.0.0.0", Mid = mid, SctpPort = Port };
        section.Formats.Add(Format);
        section.Add("max-message-size", MaximumMessage.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return section;
    }

    /// <summary>Reads a section of an offer or an answer; null for one that is refused or of another kind.</summary>
    public static DataChannelMedia? Read(MediaDescription section)
    {
        if (section.Kind != Kind || !OfferNegotiator.IsOpen(section) || !section.Formats.Contains(Format)) return null;
        // TCP candidates change the name of the protocol, not what runs over it.
        if (!section.Protocol.EndsWith("/DTLS/SCTP", StringComparison.Ordinal)) return null;
        var port = section.SctpPort ?? Port;
        if (port == 0) return null;
        // Absent means 64 KB, and 0 any size.
        var maximum = int.TryParse(section.Value("max-message-size"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var size) ? size : MaximumMessage;
        return new DataChannelMedia(OfferNegotiator.Mid(section), (ushort)port, maximum == 0 ? int.MaxValue : maximum);
    }
}

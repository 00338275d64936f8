using System.Buffers;
using System.Globalization;
using System.Text;

namespace LiveStream.Wire.Sdp;

/// <summary>Writes descriptions in the line order of RFC 8866 §5.</summary>
internal static class SdpWriter
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\r\n\0");

    public static void Write(StringBuilder text, SessionDescription session)
    {
        Line(text, 'v', "0");
        Line(text, 'o', session.Origin);
        Line(text, 's', session.SessionName);
        ConnectionAndBandwidth(text, session);
        Line(text, 't', session.Timing);
        AttributeLines(text, session);
        foreach (var media in session.Media)
        {
            var port = media.Port.ToString(CultureInfo.InvariantCulture);
            Line(text, 'm', $"{media.Kind} {port} {media.Protocol} {string.Join(' ', media.Formats)}");
            ConnectionAndBandwidth(text, media);
            AttributeLines(text, media);
        }
    }

    private static void ConnectionAndBandwidth(StringBuilder text, SdpSection section)
    {
        if (section.Connection is { } connection) Line(text, 'c', connection);
        foreach (var bandwidth in section.Bandwidths) Line(text, 'b', bandwidth);
    }

    private static void AttributeLines(StringBuilder text, SdpSection section)
    {
        foreach (var attribute in section.Attributes) Line(text, 'a', attribute.ToString());
    }

    // A line break inside a value would let whoever chose the value add lines of their own.
    private static void Line(StringBuilder text, char type, string value)
    {
        text.Append(type).Append('=');
        var rest = value.AsSpan();
        for (var cut = rest.IndexOfAny(Forbidden); cut >= 0; cut = rest.IndexOfAny(Forbidden))
        {
            text.Append(rest[..cut]);
            rest = rest[(cut + 1)..];
        }

        text.Append(rest).Append("\r\n");
    }
}

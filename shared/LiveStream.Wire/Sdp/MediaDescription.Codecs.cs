namespace LiveStream.Wire.Sdp;

public sealed partial class MediaDescription
{
    /// <summary>The payload types among <see cref="Formats"/>, by preference.</summary>
    public IReadOnlyList<int> PayloadTypes
    {
        get
        {
            var types = new List<int>();
            foreach (var format in Formats)
            {
                if (SdpText.TryNumber(format, RtpMap.MaxPayloadType, out var type)) types.Add(type);
            }

            return types;
        }
    }

    /// <summary>The well-formed <c>a=rtpmap</c> in their order.</summary>
    public IReadOnlyList<RtpMap> RtpMaps => SdpText.ParseAll<RtpMap>(Values("rtpmap"), RtpMap.TryParse);

    /// <summary>The map of one payload type.</summary>
    public RtpMap? FindRtpMap(int payloadType)
    {
        foreach (var map in RtpMaps)
        {
            if (map.PayloadType == payloadType) return map;
        }

        return null;
    }

    /// <summary>The format parameters of one payload type as they are; null without <c>a=fmtp</c>.</summary>
    public string? Fmtp(int payloadType)
    {
        foreach (var value in Values("fmtp"))
        {
            if (TryPayloadType(value, out var type, out var parameters) && type == payloadType) return parameters;
        }

        return null;
    }

    /// <summary>The format parameters of one payload type by name, without case; a lone word has an empty value.</summary>
    public IReadOnlyDictionary<string, string> FmtpParameters(int payloadType) => SdpText.Parameters(Fmtp(payloadType));

    /// <summary>
    /// The RTCP feedback of one payload type (RFC 4585 §4.2), that for all (<c>*</c>) included, such as
    /// <c>nack pli</c>; words are parted by one space.
    /// </summary>
    public IReadOnlyList<string> RtcpFeedback(int payloadType)
    {
        var list = new List<string>();
        foreach (var value in Values("rtcp-fb"))
        {
            var words = SdpText.Words(value);
            if (words.Length < 2) continue;
            if (words[0] == "*" || (SdpText.TryNumber(words[0], RtpMap.MaxPayloadType, out var type) && type == payloadType))
            {
                list.Add(string.Join(' ', words, 1, words.Length - 1));
            }
        }

        return list;
    }

    /// <summary>Adds <c>a=rtpmap</c>, its payload type to <see cref="Formats"/>, and what belongs to it.</summary>
    public void AddCodec(RtpMap map, string? fmtp, IEnumerable<string> feedback)
    {
        var type = map.PayloadType.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Formats.Add(type);
        Add("rtpmap", map.ToString());
        foreach (var message in feedback) Add("rtcp-fb", $"{type} {message}");
        if (!string.IsNullOrEmpty(fmtp)) Add("fmtp", $"{type} {fmtp}");
    }

    private static bool TryPayloadType(string value, out int type, out string rest)
    {
        (var head, rest) = SdpText.SplitWord(value);
        return SdpText.TryNumber(head, RtpMap.MaxPayloadType, out type);
    }
}

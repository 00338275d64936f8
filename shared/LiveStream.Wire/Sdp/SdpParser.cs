namespace LiveStream.Wire.Sdp;

/// <summary>Reads descriptions line by line (RFC 8866 §5) within <see cref="SdpLimits"/>.</summary>
internal static class SdpParser
{
    public static SdpError Parse(string text, out SessionDescription session, out int line)
    {
        line = 0;
        var result = new SessionDescription();
        var error = ParseLines(text, result, ref line);
        session = error == SdpError.None ? result : new SessionDescription();
        return error;
    }

    private static SdpError ParseLines(string text, SessionDescription session, ref int line)
    {
        if (text.Length > SdpLimits.TextLength) return SdpError.TextTooLong;

        var seen = new SessionLines();
        foreach (var ended in text.AsSpan().EnumerateLinesAtLineFeed())
        {
            line++;
            if (ended.Length > SdpLimits.LineLength) return SdpError.LineTooLong;
            // Blank lines are no lines of the grammar, but hand-made descriptions end with them.
            if (ended.IsEmpty) continue;
            if (!IsWellFormed(ended)) return SdpError.LineMalformed;
            if (!seen.Version && ended is not "v=0") return SdpError.VersionMissing;

            var error = Take(session, ended[0], ended[2..].ToString(), ref seen);
            if (error != SdpError.None) return error;
        }

        return !seen.Version ? SdpError.VersionMissing : seen.MissingBeforeMedia();
    }

    private static SdpError Take(SessionDescription session, char type, string value, ref SessionLines seen)
    {
        SdpSection section = session.Media.Count == 0 ? session : session.Media[^1];
        switch (type)
        {
            case 'v':
                seen.Version = true;
                return SdpError.None;
            case 'o' when !seen.Origin:
                seen.Origin = true;
                session.Origin = value;
                return SdpError.None;
            case 's' when !seen.Name:
                seen.Name = true;
                session.SessionName = value;
                return SdpError.None;
            case 't' when !seen.Timing:
                seen.Timing = true;
                session.Timing = value;
                return SdpError.None;
            case 'c':
                section.Connection ??= value;
                return SdpError.None;
            case 'b':
                if (section.Bandwidths.Count < SdpLimits.Bandwidths) section.Bandwidths.Add(value);
                return SdpError.None;
            case 'a':
                return TakeAttribute(section, value);
            case 'm':
                var missing = seen.MissingBeforeMedia();
                return missing == SdpError.None ? TakeMedia(session, value) : missing;
            default:
                return SdpError.None;
        }
    }

    private static SdpError TakeAttribute(SdpSection section, string value)
    {
        if (section.Attributes.Count == SdpLimits.Attributes) return SdpError.TooManyAttributes;

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon == 0 || value.Length == 0) return SdpError.AttributeMalformed;

        section.Attributes.Add(colon < 0
            ? new SdpAttribute(value, null)
            : new SdpAttribute(value[..colon], value[(colon + 1)..]));
        return SdpError.None;
    }

    // m=<media> <port>["/"<number of ports>] <proto> <fmt> ...   (§5.14)
    private static SdpError TakeMedia(SessionDescription session, string value)
    {
        if (session.Media.Count == SdpLimits.Media) return SdpError.TooManyMedia;

        var words = SdpText.Words(value);
        if (words.Length < 4) return SdpError.MediaMalformed;

        var slash = words[1].IndexOf('/', StringComparison.Ordinal);
        var digits = slash < 0 ? words[1] : words[1][..slash];
        if (!SdpText.TryNumber(digits, ushort.MaxValue, out var port)) return SdpError.MediaMalformed;

        var media = new MediaDescription { Kind = words[0], Port = port, Protocol = words[2] };
        media.Formats.AddRange(words.AsSpan(3));
        session.Media.Add(media);
        return SdpError.None;
    }

    // Nulls and carriage returns never belong inside a line (§9, byte-string).
    private static bool IsWellFormed(ReadOnlySpan<char> line) =>
        line.Length >= 2 && char.IsAsciiLetterLower(line[0]) && line[1] == '=' && line.IndexOfAny('\0', '\r') < 0;

    private static LineFeedLines EnumerateLinesAtLineFeed(this ReadOnlySpan<char> text) => new(text);

    private struct SessionLines
    {
        public bool Version, Origin, Name, Timing;

        public readonly SdpError MissingBeforeMedia() =>
            !Origin ? SdpError.OriginMissing : !Name ? SdpError.SessionNameMissing : SdpError.None;
    }

    /// <summary>Lines that end in LF or CRLF only; the framework's own enumeration knows more line ends.</summary>
    private ref struct LineFeedLines(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly LineFeedLines GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            var end = _rest.IndexOf('\n');
            var line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            Current = line is [.., '\r'] ? line[..^1] : line;
            return true;
        }
    }
}

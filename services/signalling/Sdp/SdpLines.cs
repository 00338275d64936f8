namespace LiveStream.Signalling.Sdp;

/// <summary>
/// Walks the lines of an SDP text without copying. Lines end in CRLF (RFC 8866 §5) or a bare LF, as parsers must accept;
/// the last may lack its end, and empty lines are passed over.
/// </summary>
public ref struct SdpLines
{
    private ReadOnlySpan<char> _rest;

    /// <summary>Starts at the first line of the text.</summary>
    public SdpLines(ReadOnlySpan<char> text) => _rest = text;

    /// <summary>The line without its end.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Enables <c>foreach</c>.</summary>
    public readonly SdpLines GetEnumerator() => this;

    /// <summary>Goes to the next line that is not empty.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf('\n');
            var line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (line.EndsWith('\r')) line = line[..^1];
            if (line.IsEmpty) continue;
            Current = line;
            return true;
        }
        return false;
    }

    /// <summary>The value of <c>a=name:value</c> when the line is that attribute.</summary>
    public static bool TryAttribute(ReadOnlySpan<char> line, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        value = default;
        if (line.Length < name.Length + 3 || !line.StartsWith("a=") || line[2 + name.Length] != ':') return false;
        if (!line[2..].StartsWith(name)) return false;
        value = line[(3 + name.Length)..];
        return true;
    }
}

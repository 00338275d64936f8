namespace LiveStream.Signalling.Sdp;

/// <summary>Why an SDP fragment is refused.</summary>
public enum IceFragmentError : byte
{
    /// <summary>The fragment is well formed.</summary>
    None,
    /// <summary>There is no line in it.</summary>
    Empty,
    /// <summary>More lines than any browser sends.</summary>
    TooManyLines,
    /// <summary>A line is not <c>a=</c> or <c>m=</c> with a value.</summary>
    LineMalformed,
    /// <summary>A candidate stands before the first <c>m=</c> line (RFC 8840 §4.4).</summary>
    CandidateOutsideMedia,
    /// <summary>A candidate does not follow RFC 8839 §5.1.</summary>
    CandidateMalformed,
    /// <summary>One of user fragment and password is missing.</summary>
    CredentialsIncomplete,
    /// <summary>The user fragment or password does not follow RFC 8839 §5.4.</summary>
    CredentialsMalformed,
    /// <summary>Two sections differ in their credentials, which max-bundle rules out (RFC 9725 §4.4.1).</summary>
    CredentialsDiffer,
}

/// <summary>
/// A body of type <c>application/trickle-ice-sdpfrag</c> (RFC 8840 §9) seen in place; valid only while its text is.
/// </summary>
public readonly ref struct IceFragment
{
    private const int MaxLines = 512;

    private IceFragment(ReadOnlySpan<char> ufrag, ReadOnlySpan<char> pwd, int candidates)
    {
        Ufrag = ufrag;
        Pwd = pwd;
        CandidateCount = candidates;
    }

    /// <summary>The sender's user fragment; empty when the fragment names none.</summary>
    public ReadOnlySpan<char> Ufrag { get; }

    /// <summary>The sender's password; empty when the fragment names none.</summary>
    public ReadOnlySpan<char> Pwd { get; }

    /// <summary>Candidates in all sections.</summary>
    public int CandidateCount { get; }

    /// <summary>Reads a fragment. Attributes that do not concern ICE are passed over (RFC 8840 §9.2).</summary>
    public static IceFragmentError TryParse(ReadOnlySpan<char> text, out IceFragment fragment)
    {
        fragment = default;
        ReadOnlySpan<char> ufrag = default, pwd = default;
        var lines = 0;
        var candidates = 0;
        var inMedia = false;

        foreach (var line in new SdpLines(text))
        {
            if (++lines > MaxLines) return IceFragmentError.TooManyLines;
            if (line.Length < 3 || line[1] != '=' || line[0] is not ('a' or 'm')) return IceFragmentError.LineMalformed;

            if (line[0] == 'm')
            {
                inMedia = true;
            }
            else if (SdpLines.TryAttribute(line, "candidate", out var candidate))
            {
                if (!inMedia) return IceFragmentError.CandidateOutsideMedia;
                if (!IceGrammar.IsCandidate(candidate)) return IceFragmentError.CandidateMalformed;
                candidates++;
            }
            else if (SdpLines.TryAttribute(line, "ice-ufrag", out var lineUfrag))
            {
                if (!IceGrammar.IsUfrag(lineUfrag)) return IceFragmentError.CredentialsMalformed;
                if (!ufrag.IsEmpty && !ufrag.SequenceEqual(lineUfrag)) return IceFragmentError.CredentialsDiffer;
                ufrag = lineUfrag;
            }
            else if (SdpLines.TryAttribute(line, "ice-pwd", out var linePwd))
            {
                if (!IceGrammar.IsPwd(linePwd)) return IceFragmentError.CredentialsMalformed;
                if (!pwd.IsEmpty && !pwd.SequenceEqual(linePwd)) return IceFragmentError.CredentialsDiffer;
                pwd = linePwd;
            }
        }

        if (lines == 0) return IceFragmentError.Empty;
        if (ufrag.IsEmpty != pwd.IsEmpty) return IceFragmentError.CredentialsIncomplete;
        fragment = new IceFragment(ufrag, pwd, candidates);
        return IceFragmentError.None;
    }
}

using System.Globalization;
using System.Text;

namespace LiveStream.Signalling.Sdp;

/// <summary>
/// Turns the exchange of fragments of an ICE restart (RFC 9725 §4.3.3) into an exchange of whole descriptions and back:
/// nothing but ICE changes, so the offer of the session with new credentials is the offer that the client did not send.
/// </summary>
public static class IceRestart
{
    /// <summary>The ICE credentials of a description: those of its first section, or of the session level.</summary>
    /// <returns>False when either is missing or outside the grammar.</returns>
    public static bool TryReadCredentials(ReadOnlySpan<char> sdp, out string ufrag, out string pwd)
    {
        ufrag = pwd = "";
        foreach (var line in new SdpLines(sdp))
        {
            if (ufrag.Length == 0 && SdpLines.TryAttribute(line, "ice-ufrag", out var lineUfrag))
            {
                if (!IceGrammar.IsUfrag(lineUfrag)) return false;
                ufrag = lineUfrag.ToString();
            }
            else if (pwd.Length == 0 && SdpLines.TryAttribute(line, "ice-pwd", out var linePwd))
            {
                if (!IceGrammar.IsPwd(linePwd)) return false;
                pwd = linePwd.ToString();
            }
        }
        return ufrag.Length > 0 && pwd.Length > 0;
    }

    /// <summary>
    /// The offer with other credentials in every section and the next session version (RFC 3264 §8). Its candidates
    /// belong to the old credentials and are left out: an ICE-lite server learns addresses from the checks.
    /// </summary>
    public static string RewriteOffer(string offer, ReadOnlySpan<char> ufrag, ReadOnlySpan<char> pwd)
    {
        var text = new StringBuilder(offer.Length + 64);
        foreach (var line in new SdpLines(offer))
        {
            if (SdpLines.TryAttribute(line, "candidate", out _) || line.SequenceEqual("a=end-of-candidates")) continue;
            if (SdpLines.TryAttribute(line, "ice-ufrag", out _)) text.Append("a=ice-ufrag:").Append(ufrag);
            else if (SdpLines.TryAttribute(line, "ice-pwd", out _)) text.Append("a=ice-pwd:").Append(pwd);
            else if (line.StartsWith("o=")) AppendNextOrigin(text, line);
            else text.Append(line);
            text.Append("\r\n");
        }
        return text.ToString();
    }

    /// <summary>
    /// The ICE part of an answer as a fragment: session-level ICE attributes, and the section whose transport the
    /// bundle group uses with its credentials and candidates (RFC 8840 §4.4).
    /// </summary>
    /// <returns>False when the answer carries no usable credentials.</returns>
    public static bool TryWriteFragment(string answer, out string fragment)
    {
        fragment = "";
        if (!TryReadCredentials(answer, out var ufrag, out var pwd)) return false;

        var text = new StringBuilder(512);
        var sections = 0;
        var candidates = 0;
        foreach (var line in new SdpLines(answer))
        {
            if (line.StartsWith("m="))
            {
                // All sections share the first one's transport.
                if (++sections > 1) break;
                text.Append(line).Append("\r\n");
                text.Append("a=ice-ufrag:").Append(ufrag).Append("\r\na=ice-pwd:").Append(pwd).Append("\r\n");
            }
            else if (IsSharedAttribute(line) || (sections == 1 && SdpLines.TryAttribute(line, "mid", out _)))
            {
                text.Append(line).Append("\r\n");
            }
            else if (sections == 1 && SdpLines.TryAttribute(line, "candidate", out _))
            {
                candidates++;
                text.Append(line).Append("\r\n");
            }
        }

        if (sections == 0 || candidates == 0) return false;
        fragment = text.Append("a=end-of-candidates\r\n").ToString();
        return true;
    }

    private static bool IsSharedAttribute(ReadOnlySpan<char> line) =>
        line.SequenceEqual("a=ice-lite")
        || SdpLines.TryAttribute(line, "ice-options", out _)
        || SdpLines.TryAttribute(line, "ice-pacing", out _)
        || (SdpLines.TryAttribute(line, "group", out var group) && group.StartsWith("BUNDLE"));

    // o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address> (RFC 8866 §5.2)
    private static void AppendNextOrigin(StringBuilder text, ReadOnlySpan<char> line)
    {
        Span<Range> fields = stackalloc Range[7];
        if (line.Split(fields, ' ') == 6
            && ulong.TryParse(line[fields[2]], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version < long.MaxValue)
        {
            text.Append(line[..fields[2].Start.Value]).Append(version + 1).Append(line[fields[2].End.Value..]);
        }
        else
        {
            text.Append(line);
        }
    }
}

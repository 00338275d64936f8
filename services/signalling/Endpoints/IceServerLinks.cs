using System.Text;
using Microsoft.Extensions.Primitives;

namespace LiveStream.Signalling.Endpoints;

/// <summary>STUN and TURN servers as <c>Link</c> header fields (RFC 9725 §4.6, RFC 8288).</summary>
internal static class IceServerLinks
{
    /// <summary>One field per server.</summary>
    public static StringValues Of(IList<IceServerOptions> servers)
    {
        if (servers.Count == 0) return StringValues.Empty;
        var links = new string[servers.Count];
        for (var i = 0; i < links.Length; i++) links[i] = Of(servers[i]);
        return links;
    }

    private static string Of(IceServerOptions server)
    {
        var link = new StringBuilder().Append('<').Append(server.Url).Append(">; rel=\"ice-server\"");
        if (server.Username is null || server.Credential is null) return link.ToString();
        link.Append("; username=");
        AppendQuoted(link, server.Username);
        link.Append("; credential=");
        AppendQuoted(link, server.Credential);
        return link.Append("; credential-type=\"password\"").ToString();
    }

    // quoted-string (RFC 9110 §5.6.4)
    private static void AppendQuoted(StringBuilder link, string text)
    {
        link.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') link.Append('\\');
            link.Append(c);
        }
        link.Append('"');
    }
}

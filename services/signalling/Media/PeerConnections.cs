using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Signalling.Media;

/// <summary>
/// The two connections of one peer: transports at the media server, and which of the client's peer connections they
/// belong to. Made anew when the client builds its connections anew.
/// </summary>
/// <param name="peerId">Whose.</param>
/// <param name="role">The role of now.</param>
/// <param name="session">Names the client's publish connection; see <see cref="SessionOf"/>.</param>
/// <param name="publishId">Transport of the publish connection.</param>
internal sealed class PeerConnections(string peerId, RolePolicy role, string session, string publishId)
{
    public string PeerId => peerId;

    public string Session => session;

    /// <summary>What the client knows the media node by; known once the publish connection is open. Another one tells the client to build its connections anew.</summary>
    public string NodeId { get; set; } = "";

    public string PublishId => publishId;

    public string SubscribeId { get; } = Guid.NewGuid().ToString();

    /// <summary>Replaced, never changed.</summary>
    public RolePolicy Role { get; set; } = role;

    public SubscribeNegotiation Negotiation { get; } = new();

    /// <summary>The subscribe transport does not hear its client.</summary>
    public volatile bool IsSilent;

    /// <summary>
    /// What stays the same in all descriptions of one peer connection, and differs between two: user and session id of the
    /// origin line (RFC 8866 §5.2, RFC 8829 §5.2.1). Empty for a description without.
    /// </summary>
    public static string SessionOf(string sdp)
    {
        foreach (var line in sdp.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith("o=")) continue;
            var user = line[2..].IndexOf(' ');
            if (user < 0) return "";
            var session = line[(user + 3)..].IndexOf(' ');
            return session < 0 ? "" : line.Slice(2, user + 1 + session).ToString();
        }

        return "";
    }
}

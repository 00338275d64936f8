using System.Security.Cryptography;
using System.Text;
using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Signalling.Sessions;

/// <summary>Which of the two HTTP protocols a session speaks.</summary>
public enum SessionKind
{
    /// <summary>Ingest, RFC 9725.</summary>
    Whip,
    /// <summary>Playback, draft-ietf-wish-whep.</summary>
    Whep,
}

/// <summary>
/// One WHIP or WHEP session: the resource behind a session URL. Facts of its creation never change; the ICE part is
/// changed only by the holder of <see cref="IceGate"/>.
/// </summary>
internal sealed class MediaSession(SessionKind kind, JoinGrant grant, string token, string offer, string ufrag, string pwd) : IDisposable
{
    private readonly byte[] _tokenHash = Hash(token);

    /// <summary>Last part of the session URL, 128 random bits, so that the URL cannot be guessed (RFC 9725 §5).</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Name of the transport at the media server.</summary>
    public string TransportId { get; } = Guid.NewGuid().ToString();

    public string PeerId { get; } = Guid.NewGuid().ToString();

    public SessionKind Kind { get; } = kind;

    public string RoomId { get; } = grant.RoomId;

    public JoinGrant Grant { get; } = grant;

    /// <summary>Taken to change the ICE part: restarts of one session run one after another.</summary>
    public SemaphoreSlim IceGate { get; } = new(1);

    /// <summary>Names the ICE session: a strong entity tag with its quotes (RFC 9110 §8.8.3).</summary>
    public string EntityTag { get; private set; } = NewEntityTag();

    /// <summary>The client's last description.</summary>
    public string Offer { get; private set; } = offer;

    public string Ufrag { get; private set; } = ufrag;

    public string Pwd { get; private set; } = pwd;

    /// <summary>When the session ends unless its peer is heard again; null while the peer is there.</summary>
    public DateTimeOffset? PeerDeadline { get; set; }

    /// <summary>The media server has its transport.</summary>
    public bool IsOpened { get; set; }

    /// <summary>Events of its room were missed, and its transport has not been told of since: it may have ended meanwhile.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>True for the very token that opened the session, even when it has expired since.</summary>
    public bool IsOpenedBy(string token) => CryptographicOperations.FixedTimeEquals(_tokenHash, Hash(token));

    /// <summary>Enters the next ICE session.</summary>
    public void RestartIce(string offer, string ufrag, string pwd)
    {
        Offer = offer;
        Ufrag = ufrag;
        Pwd = pwd;
        EntityTag = NewEntityTag();
    }

    public void Dispose() => IceGate.Dispose();

    private static string NewEntityTag() => $"\"{RandomNumberGenerator.GetHexString(16, lowercase: true)}\"";

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

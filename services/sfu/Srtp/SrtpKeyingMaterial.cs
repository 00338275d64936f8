namespace LiveStream.Sfu.Srtp;

/// <summary>
/// Master keys and salts of both directions as the DTLS exporter yields them (RFC 5764 §4.2). "Client" is the side that
/// was DTLS client: it protects with the client pair, and the server with the server pair. Keys are 16 bytes; salts are
/// as long as <see cref="SrtpProfiles.SaltLength"/> says.
/// </summary>
public sealed record SrtpKeyingMaterial(SrtpProfile Profile, byte[] ClientKey, byte[] ClientSalt, byte[] ServerKey, byte[] ServerSalt);

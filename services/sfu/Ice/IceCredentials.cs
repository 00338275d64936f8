using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Sfu.Ice;

/// <summary>A local ICE user fragment and password (RFC 8445 §5.3: at least 24 and 128 bits of randomness).</summary>
internal sealed class IceCredentials
{
    private const string IceCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int PasswordLength = 24;

    private readonly byte[] _password;

    private IceCredentials(string userFragment, string password)
    {
        UserFragment = userFragment;
        Password = password;
        _password = Encoding.ASCII.GetBytes(password);
        Key = BinaryPrimitives.ReadUInt64BigEndian(Encoding.ASCII.GetBytes(userFragment));
    }

    /// <summary>Length of every local user fragment: it fits a 64-bit key.</summary>
    public const int UserFragmentLength = 8;

    public string UserFragment { get; }

    public string Password { get; }

    /// <summary>The password as the key of MESSAGE-INTEGRITY (RFC 8489 §9.1.1).</summary>
    public ReadOnlySpan<byte> PasswordBytes => _password;

    /// <summary>The user fragment as a number, so that a request finds its transport without allocation.</summary>
    public ulong Key { get; }

    public static IceCredentials Create() =>
        new(RandomNumberGenerator.GetString(IceCharacters, UserFragmentLength), RandomNumberGenerator.GetString(IceCharacters, PasswordLength));

    /// <summary>The key in a USERNAME (local:remote, RFC 8445 §7.2.2); false where it is not one of ours in form.</summary>
    public static bool TryGetKey(ReadOnlySpan<byte> username, out ulong key)
    {
        key = 0;
        if (username.Length <= UserFragmentLength || username[UserFragmentLength] != (byte)':') return false;
        key = BinaryPrimitives.ReadUInt64BigEndian(username);
        return true;
    }
}

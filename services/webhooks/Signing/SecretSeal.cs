using System.Security.Cryptography;

using LiveStream.Storage;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Signing;

/// <summary>
/// Seals what the database must not show: AES-256-GCM, with the row that it belongs to as associated data, so that a sealed
/// value is of no use in another row. Form: nonce (12), ciphertext, tag (16). Safe from several threads.
/// </summary>
internal sealed class SecretSeal : IDisposable
{
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

    private readonly AesGcm _cipher;

    public SecretSeal(IOptions<WebhooksOptions> options, ILogger<SecretSeal> logger)
    {
        if (!TryReadKey(options.Value.SealingKey, out var key)) key = ReadOrMake(Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "webhooks.key"), logger);
        _cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Whether the text is a key: 32 bytes in Base64.</summary>
    public static bool TryReadKey(string text, out byte[] key)
    {
        key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == KeyBytes;
    }

    public byte[] Seal(ReadOnlySpan<byte> plain, string owner)
    {
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        _cipher.Encrypt(nonce, plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), System.Text.Encoding.UTF8.GetBytes(owner));
        return box;
    }

    /// <summary>Fails with <see cref="CryptographicException"/> for what was not sealed with this key for that owner.</summary>
    public byte[] Open(ReadOnlySpan<byte> box, string owner)
    {
        if (box.Length < NonceBytes + TagBytes) throw new CryptographicException("Too short to be sealed.");
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        _cipher.Decrypt(box[..NonceBytes], box.Slice(NonceBytes, plain.Length), box[^TagBytes..], plain, System.Text.Encoding.UTF8.GetBytes(owner));
        return plain;
    }

    public void Dispose() => _cipher.Dispose();

    private static byte[] ReadOrMake(string path, ILogger logger)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            PrivateFile.WriteAtomically(path, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
            logger.KeyFileMade(path);
        }

        return TryReadKey(File.ReadAllText(path), out var key) ? key : throw new IOException($"{path} holds no key: 32 bytes in Base64.");
    }
}

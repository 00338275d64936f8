using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Storage.Sealing;

/// <summary>
/// Seals what the database must not show: AES-256-GCM, with the row that it belongs to as associated data, so that a sealed
/// value is of no use in another row. Form: nonce (12), ciphertext, tag (16); as text, <c>sealed:</c> and that in Base64. Safe from
/// several threads once unlocked. Fails with <see cref="SealingException"/>.
/// </summary>
public class SecretSeal : IDisposable
{
    /// <summary>How sealed texts begin.</summary>
    public const string TextPrefix = "sealed:";

    private const int NonceBytes = 12, TagBytes = 16;

    // The one that seals, then those that only open.
    private byte[][]? _keys;

    private byte[][] Keys => Volatile.Read(ref _keys) ?? throw new SealingException("nothing is sealed or opened before the database was");

    /// <summary>
    /// Takes the key into use. A database has values that were sealed with it (<paramref name="sample"/>, one of them, with its owner) or
    /// none yet, and only then a missing key is made. Whether it was. At a second call the sample is checked again.
    /// </summary>
    public bool Unlock(SealingKey source, (byte[] Box, string Owner)? sample)
    {
        var made = false;
        var old = source.FindOld();
        if (source.Find() is not { } key)
        {
            if (sample is { } found && !old.Any(one => TryOpen(one, found.Box, found.Owner, out _)))
                throw new SealingException($"the database has sealed secrets, and their key is missing: put {source.File} back, or set {source.Setting}");
            made = source.TryMake(out key);
        }

        byte[][] keys = [key, .. old];
        if (sample is { } proof && !keys.Any(one => TryOpen(one, proof.Box, proof.Owner, out _)))
            throw new SealingException($"the secrets in the database were sealed with another key than {source.Origin} holds");

        Volatile.Write(ref _keys, keys);
        return made;
    }

    /// <summary>The value, sealed for that row.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, string owner)
    {
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        // One for each call: its state is that of one operation, and two threads would mix theirs.
        using var cipher = new AesGcm(Keys[0], TagBytes);
        cipher.Encrypt(nonce, plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(owner));
        return box;
    }

    /// <summary>What was sealed for that row.</summary>
    public byte[] Open(ReadOnlySpan<byte> box, string owner)
    {
        foreach (var key in Keys)
            if (TryOpen(key, box, owner, out var plain)) return plain;
        throw new SealingException($"a secret of {owner} was not sealed with this key, or not for this row");
    }

    /// <summary>The value, sealed anew; null where it is sealed with the key in use already.</summary>
    public byte[]? Reseal(ReadOnlySpan<byte> box, string owner) => TryOpen(Keys[0], box, owner, out _) ? null : Seal(Open(box, owner), owner);

    /// <summary>The text, sealed for that row.</summary>
    public string SealText(string plain, string owner) => TextPrefix + Convert.ToBase64String(Seal(Encoding.UTF8.GetBytes(plain), owner));

    /// <summary>What <see cref="SealText"/> was given.</summary>
    public string OpenText(string box, string owner) => Encoding.UTF8.GetString(Open(BytesOf(box), owner));

    /// <summary><see cref="Reseal"/> of a text.</summary>
    public string? ResealText(string box, string owner) => Reseal(BytesOf(box), owner) is { } anew ? TextPrefix + Convert.ToBase64String(anew) : null;

    /// <summary>The bytes of a sealed text; empty for what is none.</summary>
    public static byte[] BytesOf(string box)
    {
        var bytes = new byte[box.Length];
        return box.StartsWith(TextPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(box[TextPrefix.Length..], bytes, out var length)
            ? bytes[..length]
            : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in Interlocked.Exchange(ref _keys, null) ?? []) CryptographicOperations.ZeroMemory(key);
        GC.SuppressFinalize(this);
    }

    private static bool TryOpen(byte[] key, ReadOnlySpan<byte> box, string owner, out byte[] plain)
    {
        plain = [];
        if (box.Length < NonceBytes + TagBytes) return false;
        var opened = new byte[box.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(box[..NonceBytes], box.Slice(NonceBytes, opened.Length), box[^TagBytes..], opened, Encoding.UTF8.GetBytes(owner));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plain = opened;
        return true;
    }
}

/// <summary>That of one service, where several are in a process.</summary>
/// <typeparam name="TService">The service's options.</typeparam>
public sealed class SecretSeal<TService> : SecretSeal;

/// <summary>Secrets cannot be sealed or opened: their key is missing, or another one.</summary>
public sealed class SealingException(string message) : IOException(message);

using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Storage.Sealing;

/// <summary>Where the key of a <see cref="SecretSeal"/> comes from: a setting, or else a file that only its owner may read.</summary>
/// <param name="Setting">Name of the setting, as people write it.</param>
/// <param name="Text">What the setting says; empty for the file.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Old">Keys that sealed before, which still open: what they sealed is sealed anew at the start.</param>
public sealed record SealingKey(string Setting, string Text, string File, IReadOnlyList<string>? Old = null)
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    /// <summary>What people are told.</summary>
    public string Origin => Text.Length > 0 ? Setting : File;

    /// <summary>Whether the text is a key: 32 bytes in Base64.</summary>
    public static bool TryRead(string text, out byte[] key)
    {
        key = new byte[Length];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == Length;
    }

    /// <summary>There are keys that sealed before.</summary>
    public bool HasOld => Old is { Count: > 0 };

    /// <summary>The key; null where there is none yet. Fails with <see cref="SealingException"/> for what is no key.</summary>
    public byte[]? Find()
    {
        if (Text.Length == 0 && !System.IO.File.Exists(File)) return null;
        return TryRead(Text.Length > 0 ? Text : System.IO.File.ReadAllText(File), out var key)
            ? key
            : throw new SealingException($"{Origin} holds no key: 32 bytes in Base64");
    }

    /// <summary>The keys that sealed before.</summary>
    internal byte[][] FindOld() => [.. (Old ?? []).Select(text => TryRead(text, out var key) ? key : throw new SealingException($"one of the old keys beside {Setting} is none: 32 bytes in Base64"))];

    /// <summary>Makes the file with a new key; false where another process did at the same time, whose key it is then.</summary>
    internal bool TryMake(out byte[] key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        key = RandomNumberGenerator.GetBytes(Length);
        if (PrivateFile.TryCreate(File, Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"))) return true;
        key = Find()!;
        return false;
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{nameof(SealingKey)} {{ {Origin} }}";
}

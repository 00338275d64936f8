using System.Runtime.InteropServices;

namespace LiveStream.Sfu.Interop;

/// <summary>
/// SHA-1 of libcrypto with its state in the caller's memory (<c>SHA_CTX</c>): a copy of the state resumes where it stood.
/// Calls take about a microsecond for a packet and never block, so they skip the runtime's transition. The int that they
/// return is always 1, hence void here.
/// </summary>
internal static unsafe partial class OpenSslSha1
{
    /// <summary>sizeof(SHA_CTX): five words of state, two of length, sixteen of data, one of fill.</summary>
    public const int StateSize = 96;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestSize = 20;

    private const string LibCrypto = "libcrypto.so.3";

    /// <summary>Whether the library is there and still exports these functions.</summary>
    public static bool IsAvailable { get; } =
        NativeLibrary.TryLoad(LibCrypto, out var library)
        && NativeLibrary.TryGetExport(library, "SHA1_Init", out _)
        && NativeLibrary.TryGetExport(library, "SHA1_Update", out _)
        && NativeLibrary.TryGetExport(library, "SHA1_Final", out _);

    [DllImport(LibCrypto, EntryPoint = "SHA1_Init"), SuppressGCTransition]
    public static extern void Init(byte* state);

    [DllImport(LibCrypto, EntryPoint = "SHA1_Update"), SuppressGCTransition]
    public static extern void Update(byte* state, byte* data, nuint length);

    [DllImport(LibCrypto, EntryPoint = "SHA1_Final"), SuppressGCTransition]
    public static extern void Final(byte* digest, byte* state);
}

using System.Security.Cryptography;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>
/// Zeroed memory for key tables that the collector neither moves nor copies, aligned to a cache line. Wiped on dispose.
/// Pointers into it are valid while this object is reachable.
/// </summary>
internal sealed unsafe class KeyMemory : IDisposable
{
    private const int Alignment = 64;
    private readonly byte[] _pinned;

    public KeyMemory(int size)
    {
        _pinned = GC.AllocateArray<byte>(size + Alignment, pinned: true);
        fixed (byte* start = _pinned) Pointer = (byte*)(((nuint)start + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>First byte.</summary>
    public byte* Pointer { get; }

    public void Dispose() => CryptographicOperations.ZeroMemory(_pinned);
}

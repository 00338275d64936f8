using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LiveStream.Sfu.Interop;

/// <summary>
/// Asks the processor to fetch memory that is used in a moment, so that several waits for it overlap. Nothing else happens,
/// whatever the address: an object that the collector moves meanwhile was fetched in vain.
/// </summary>
internal static unsafe class CacheLines
{
    /// <summary>Bytes that are fetched at a time.</summary>
    public const int Size = 64;

    /// <summary>Fetches the first lines of an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(object target, int lines = 1)
    {
        // The reference is the address; it is read as a number and never followed.
        Fetch(*(void**)Unsafe.AsPointer(ref target), lines);
    }

    /// <summary>Fetches lines of memory that does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* address, int lines = 1)
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < lines; i++) Sse.Prefetch0((byte*)address + (i * Size));
    }
}

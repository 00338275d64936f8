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

    /// <summary>Fetches the line in which an object begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(object target)
    {
        // The reference is the address; it is read as a number and never followed.
        Fetch(*(byte**)Unsafe.AsPointer(ref target));
    }

    /// <summary>Fetches an object of up to three lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FetchLarge(object target)
    {
        var address = *(byte**)Unsafe.AsPointer(ref target);
        Fetch(address);
        Fetch(address + Size);
        Fetch(address + (2 * Size));
    }

    /// <summary>Fetches the line of an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(byte* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}

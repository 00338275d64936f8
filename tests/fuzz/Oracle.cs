using System.Diagnostics.CodeAnalysis;

namespace LiveStream.Fuzz;

/// <summary>What must hold after a parse.</summary>
public static class Oracle
{
    /// <summary>Fails with <paramref name="claim"/> when it does not hold.</summary>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string claim)
    {
        if (!condition) throw new FuzzFailureException(claim);
    }

    /// <summary>Fails with both values when they differ.</summary>
    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new FuzzFailureException($"{what}: expected {expected}, got {actual}");
        }
    }

    /// <summary>Fails with both in hexadecimal when they differ.</summary>
    public static void SameBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new FuzzFailureException(
                $"{what}: expected {Convert.ToHexString(expected)}, got {Convert.ToHexString(actual)}");
        }
    }
}

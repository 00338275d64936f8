using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LiveStream.Wire.Rtp;

/// <summary>
/// Writes a header extension in the one-byte form (RFC 8285 §4.2). Create it over the bytes after the CSRC
/// list, add the elements, then call <see cref="Finish"/>.
/// </summary>
public ref struct OneByteExtensionWriter
{
    private const int MaxValueLength = 16;
    private const byte MaxId = 14;

    private readonly Span<byte> _destination;
    private int _offset;

    /// <summary>Starts an extension whose 4-byte header lies at the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">Fewer than 4 bytes.</exception>
    public OneByteExtensionWriter(Span<byte> destination)
    {
        if (destination.Length < RtpPacketView.ExtensionHeaderSize) ThrowTooSmall();
        _destination = destination;
        _offset = RtpPacketView.ExtensionHeaderSize;
    }

    /// <summary>Adds an element.</summary>
    /// <exception cref="ArgumentException">What <see cref="TryAdd"/> would refuse.</exception>
    public void Add(byte id, scoped ReadOnlySpan<byte> value)
    {
        if (!TryAdd(id, value)) ThrowRefused();
    }

    /// <summary>
    /// Adds an element; false, with nothing written, when the identifier is not 1 to 14, the value not 1 to 16
    /// bytes long, or the destination full.
    /// </summary>
    public bool TryAdd(byte id, scoped ReadOnlySpan<byte> value)
    {
        if (id is 0 or > MaxId || value.IsEmpty || value.Length > MaxValueLength) return false;
        // The padding of Finish has to fit as well.
        if (Padded(_offset + 1 + value.Length) > _destination.Length) return false;

        _destination[_offset] = (byte)(id << 4 | (value.Length - 1));
        value.CopyTo(_destination[(_offset + 1)..]);
        _offset += 1 + value.Length;
        return true;
    }

    /// <summary>Pads with zeros to 32 bits and writes profile and length.</summary>
    /// <returns>Bytes of the whole extension, its 4-byte header included; 4 when it has no elements.</returns>
    public int Finish()
    {
        var end = Padded(_offset);
        _destination[_offset..end].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(_destination, HeaderExtensionReader.OneByteProfile);
        BinaryPrimitives.WriteUInt16BigEndian(_destination[2..], (ushort)((end - RtpPacketView.ExtensionHeaderSize) / 4));
        return end;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowTooSmall() => throw new ArgumentException("The extension header needs 4 bytes.", "destination");

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowRefused() =>
        throw new ArgumentException("A one-byte element has an identifier of 1 to 14, 1 to 16 bytes, and must fit the destination.");
}

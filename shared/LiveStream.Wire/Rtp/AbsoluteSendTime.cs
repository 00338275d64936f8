namespace LiveStream.Wire.Rtp;

/// <summary>
/// Time at which the packet left its sender, seconds as 6.18 fixed point, so it wraps every 64 s
/// (http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time).
/// </summary>
/// <param name="Value">24 bits; one unit is 1/2^18 s, about 3.8 µs.</param>
public readonly record struct AbsoluteSendTime(uint Value)
{
    /// <summary>Bytes of the element's data.</summary>
    public const int Size = 3;

    private const uint Mask = 0xFF_FFFF;

    /// <summary>From a 32.32 NTP timestamp: its middle 24 bits.</summary>
    public static AbsoluteSendTime FromNtp(ulong ntpTimestamp) => new((uint)(ntpTimestamp >> 14) & Mask);

    /// <summary>From microseconds of any steady clock.</summary>
    public static AbsoluteSendTime FromMicroseconds(long microseconds)
    {
        // Only the time within a minute of 64 s counts; reducing first keeps the product in 64 bits.
        var inWrap = microseconds % 64_000_000;
        if (inWrap < 0) inWrap += 64_000_000;
        return new AbsoluteSendTime((uint)((inWrap << 18) / 1_000_000) & Mask);
    }

    /// <summary>Signed time from this to <paramref name="later"/> in microseconds, by the shorter way round the wrap.</summary>
    public long MicrosecondsTo(AbsoluteSendTime later)
    {
        // Shifting by 8 puts the sign of the 24-bit difference into the sign of the int.
        var units = (int)((later.Value - Value) << 8) >> 8;
        return units * 1_000_000L >> 18;
    }

    /// <summary>Reads the element's data; false when it is not 3 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out AbsoluteSendTime time)
    {
        time = default;
        if (value.Length != Size) return false;
        time = new AbsoluteSendTime((uint)(value[0] << 16 | value[1] << 8 | value[2]));
        return true;
    }

    /// <summary>Writes the element's data and returns its 3 bytes.</summary>
    public int Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination[0] = (byte)(Value >> 16);
        destination[1] = (byte)(Value >> 8);
        destination[2] = (byte)Value;
        return Size;
    }
}

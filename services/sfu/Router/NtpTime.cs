namespace LiveStream.Sfu.Router;

/// <summary>NTP timestamps (RFC 3550 §4: seconds since 1900 as 32.32 fixed point) against microseconds since the Unix epoch.</summary>
internal static class NtpTime
{
    private const long SecondsFrom1900To1970 = 2_208_988_800;

    public static ulong FromUnixMicroseconds(long microseconds)
    {
        var (seconds, rest) = Math.DivRem(microseconds, 1_000_000);
        return ((ulong)(seconds + SecondsFrom1900To1970) << 32) | (((ulong)rest << 32) / 1_000_000);
    }

    public static long ToUnixMicroseconds(ulong ntp) =>
        (((long)(ntp >> 32) - SecondsFrom1900To1970) * 1_000_000) + (long)(((ntp & 0xFFFF_FFFF) * 1_000_000) >> 32);
}

using System.Globalization;

namespace LiveStream.Rpc.Wire;

/// <summary>The header <c>grpc-timeout</c>: 1 to 8 digits and a unit (H, M, S, m, u, n).</summary>
internal static class CallTimeout
{
    private const int MostDigits = 8;
    private const long MostOfUnit = 99_999_999;

    // Longer than any timer; a call without an end is as good.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    /// <summary>The smallest unit that holds the value, rounded up: a deadline is never shortened.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero) return "1n";
        (char Unit, long Ticks)[] units =
            [('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond), ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour)];
        foreach (var (unit, ticks) in units)
        {
            var value = (timeout.Ticks - 1) / ticks + 1;
            if (value <= MostOfUnit) return value.ToString(CultureInfo.InvariantCulture) + unit;
        }

        return $"{MostOfUnit}H";
    }

    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MostDigits + 1 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        double ticks;
        switch (text[^1])
        {
            case 'H': ticks = TimeSpan.TicksPerHour; break;
            case 'M': ticks = TimeSpan.TicksPerMinute; break;
            case 'S': ticks = TimeSpan.TicksPerSecond; break;
            case 'm': ticks = TimeSpan.TicksPerMillisecond; break;
            case 'u': ticks = TimeSpan.TicksPerMicrosecond; break;
            case 'n': ticks = TimeSpan.TicksPerMicrosecond / 1000.0; break;
            default: return false;
        }

        timeout = value * ticks >= s_longest.Ticks ? s_longest : TimeSpan.FromTicks((long)(value * ticks));
        return true;
    }
}

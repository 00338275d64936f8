namespace LiveStream.Sfu.Sctp;

/// <summary>Serial arithmetic of transmission sequence numbers (RFC 9260 §1.6).</summary>
internal static class Tsn
{
    /// <summary>How far <paramref name="tsn"/> lies behind (negative) or ahead of <paramref name="reference"/>.</summary>
    public static int Distance(uint tsn, uint reference) => unchecked((int)(tsn - reference));

    /// <summary>Whether <paramref name="tsn"/> comes after <paramref name="reference"/>.</summary>
    public static bool IsAfter(uint tsn, uint reference) => Distance(tsn, reference) > 0;
}

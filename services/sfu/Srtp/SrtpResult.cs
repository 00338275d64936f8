namespace LiveStream.Sfu.Srtp;

/// <summary>What became of a received SRTP or SRTCP packet. Everything but <see cref="Ok"/> means: drop it.</summary>
public enum SrtpResult : byte
{
    /// <summary>Authentic, new, and decrypted in place.</summary>
    Ok,

    /// <summary>Shorter than header, tag and index need.</summary>
    TooShort,

    /// <summary>The tag does not match, or an SRTCP packet is not marked as encrypted.</summary>
    AuthenticationFailed,

    /// <summary>A packet with this index was accepted before.</summary>
    Replayed,

    /// <summary>The index lies behind the replay window.</summary>
    TooOld,
}

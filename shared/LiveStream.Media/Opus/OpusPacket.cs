namespace LiveStream.Media.Opus;

/// <summary>Why an Opus packet was refused (the rules R1 to R7 of RFC 6716 §3.4).</summary>
public enum OpusError : byte
{
    None,
    /// <summary>No bytes at all (R1).</summary>
    Empty,
    /// <summary>Frame lengths do not fit the packet (R3, R4, R5, R6, R7).</summary>
    Truncated,
    /// <summary>No frame, or more than 120 ms of audio (R5).</summary>
    BadDuration,
}

/// <summary>What the table-of-contents byte and the framing of an Opus packet say (RFC 6716 §3).</summary>
/// <param name="Configuration">Mode, bandwidth and frame size, 0 to 31 (table 2).</param>
/// <param name="IsStereo">The <c>s</c> bit.</param>
/// <param name="FrameCount">Frames in the packet, 1 to 48.</param>
/// <param name="SamplesPerFrame">Samples of one frame at 48 kHz.</param>
/// <param name="IsSilent">True when no frame carries a byte: a sender in discontinuous transmission.</param>
public readonly record struct OpusPacket(int Configuration, bool IsStereo, int FrameCount, int SamplesPerFrame, bool IsSilent)
{
    /// <summary>The clock of every Opus RTP stream (RFC 7587 §4.1).</summary>
    public const int ClockRate = 48_000;

    /// <summary>120 ms at 48 kHz, the longest packet.</summary>
    public const int MaxSamples = 5760;

    private const int MaxFrameSize = 1275;

    /// <summary>Duration of the packet in samples at 48 kHz.</summary>
    public int Samples => FrameCount * SamplesPerFrame;

    /// <summary>Parses a packet; the bytes of its frames are checked for length only.</summary>
    public static OpusError TryParse(ReadOnlySpan<byte> packet, out OpusPacket parsed)
    {
        //  0 1 2 3 4 5 6 7
        // | config  |s| c |   (figure 1)
        parsed = default;
        if (packet.IsEmpty) return OpusError.Empty;

        var configuration = packet[0] >> 3;
        var body = packet[1..];
        int count;
        bool silent;
        switch (packet[0] & 3)
        {
            case 0:
                if (body.Length > MaxFrameSize) return OpusError.Truncated;
                (count, silent) = (1, body.IsEmpty);
                break;
            case 1:
                if (body.Length % 2 != 0 || body.Length / 2 > MaxFrameSize) return OpusError.Truncated;
                (count, silent) = (2, body.IsEmpty);
                break;
            case 2:
                if (!TryReadLength(ref body, out var first) || first > body.Length || body.Length - first > MaxFrameSize) return OpusError.Truncated;
                (count, silent) = (2, body.IsEmpty);
                break;
            default:
                var error = CheckCode3(body, out count, out silent);
                if (error != OpusError.None) return error;
                break;
        }

        var samples = FrameSamples(configuration);
        if (count * samples is 0 or > MaxSamples) return OpusError.BadDuration;

        parsed = new OpusPacket(configuration, (packet[0] & 4) != 0, count, samples, silent);
        return OpusError.None;
    }

    /// <summary>Samples of one frame at 48 kHz (table 2).</summary>
    public static int FrameSamples(int configuration) => configuration switch
    {
        < 12 => (configuration & 3) switch { 0 => 480, 1 => 960, 2 => 1920, _ => 2880 },
        < 16 => (configuration & 1) == 0 ? 480 : 960,
        _ => 120 << (configuration & 3),
    };

    // Frame count byte |v|p|     M     |, then padding length, frame lengths, frames, padding (figures 4 to 6).
    private static OpusError CheckCode3(ReadOnlySpan<byte> body, out int count, out bool silent)
    {
        (count, silent) = (0, false);
        if (body.IsEmpty) return OpusError.Truncated;

        var header = body[0];
        count = header & 0x3F;
        if (count == 0) return OpusError.BadDuration;

        body = body[1..];
        if ((header & 0x40) != 0 && !TryDropPadding(ref body)) return OpusError.Truncated;

        if ((header & 0x80) == 0)
        {
            silent = body.IsEmpty;
            return body.Length % count == 0 && body.Length / count <= MaxFrameSize ? OpusError.None : OpusError.Truncated;
        }

        var sum = 0;
        for (var i = 0; i < count - 1; i++)
        {
            if (!TryReadLength(ref body, out var length)) return OpusError.Truncated;
            sum += length;
        }

        silent = body.IsEmpty;
        return sum <= body.Length && body.Length - sum <= MaxFrameSize ? OpusError.None : OpusError.Truncated;
    }

    private static bool TryDropPadding(ref ReadOnlySpan<byte> body)
    {
        var padding = 0;
        byte chunk;
        do
        {
            if (body.IsEmpty) return false;
            chunk = body[0];
            body = body[1..];

            // 255 stands for 254 bytes and one more length byte (§3.2.5).
            padding += chunk == 255 ? 254 : chunk;
        }
        while (chunk == 255);

        if (padding > body.Length) return false;
        body = body[..^padding];
        return true;
    }

    // One byte up to 251, else two: 4 x second + first (§3.2.1).
    private static bool TryReadLength(ref ReadOnlySpan<byte> body, out int length)
    {
        length = 0;
        if (body.IsEmpty || (body[0] >= 252 && body.Length < 2)) return false;

        length = body[0] < 252 ? body[0] : (4 * body[1]) + body[0];
        body = body[(body[0] < 252 ? 1 : 2)..];
        return true;
    }
}

using System.Text;
using LiveStream.Wire.Sdp;

namespace LiveStream.Fuzz.Targets;

/// <summary>ICE candidate, one character a byte: what is written reads back as the same candidate.</summary>
public sealed class IceCandidateTarget : IFuzzTarget
{
    public string Name => "IceCandidate";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (!IceCandidate.TryParse(Encoding.Latin1.GetString(input), out var candidate)) return;
        Oracle.Holds(candidate.Component is >= 1 and <= 256 && candidate.Port is >= 0 and <= 65535, "ranges");
        var text = candidate.ToString();
        Oracle.Holds(text.AsSpan().IndexOfAny("\r\n\0") < 0, "one line");
        Oracle.Holds(IceCandidate.TryParse(text, out var again), $"read again: {text}");
        Oracle.Same(candidate, again, "candidate");
    }
}

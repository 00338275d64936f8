using LiveStream.Media.H264;

namespace LiveStream.Fuzz.Targets;

/// <summary>Sequence parameter set against a slow reader over a list of bits, for the profiles without chroma fields.</summary>
public sealed class H264ParameterSetTarget : IFuzzTarget
{
    public string Name => "H264ParameterSet";

    public void Run(ReadOnlySpan<byte> input)
    {
        _ = PictureParameterSetIds.TryParse(input, out _);
        _ = SliceHeader.TryParse(input, out _);
        var error = SequenceParameterSet.TryParse(input, out var sps);
        if (error != H264Error.None)
        {
            Oracle.Same(default, sps, "refused set");
            return;
        }

        Oracle.Holds(sps is { Width: > 0 and <= 16 * 1055, Height: > 0 and <= 32 * 1055, Id: >= 0 and <= 31 }, "ranges");
        if (sps.ProfileIdc is 66 or 77 or 88) Oracle.Same(SlowSize(input.ToArray()), (sps.Width, sps.Height), "size");
    }

    private static (int Width, int Height) SlowSize(byte[] nal)
    {
        var bits = Bits(nal.AsSpan(1)).GetEnumerator();
        long Take(int count)
        {
            long value = 0;
            for (; count > 0 && bits.MoveNext(); count--) value = (2 * value) + bits.Current;
            return value;
        }

        long Golomb()
        {
            var zeros = 0;
            while (Take(1) == 0) zeros++;
            return (1L << zeros) - 1 + Take(zeros);
        }

        Take(24);
        Golomb();
        Golomb();
        switch (Golomb())
        {
            case 0:
                Golomb();
                break;
            case 1:
                Take(1);
                Golomb();
                Golomb();
                for (var left = Golomb(); left > 0; left--) Golomb();
                break;
        }

        Golomb();
        Take(1);
        var width = 16 * (Golomb() + 1);
        var height = 16 * (Golomb() + 1);
        var fields = 2 - (int)Take(1);
        if (fields == 2) Take(1);
        Take(1);
        if (Take(1) == 0) return ((int)width, (int)height * fields);

        width -= 2 * (Golomb() + Golomb());
        return ((int)width, (int)((height * fields) - (2 * fields * (Golomb() + Golomb()))));
    }

    private static List<int> Bits(ReadOnlySpan<byte> bytes)
    {
        var bits = new List<int>();
        var zeros = 0;
        foreach (var value in bytes)
        {
            var escape = zeros >= 2 && value == 3;
            zeros = value == 0 ? zeros + 1 : 0;
            if (escape) continue;
            for (var bit = 7; bit >= 0; bit--) bits.Add((value >> bit) & 1);
        }

        return bits;
    }
}

namespace LiveStream.Fuzz;

/// <summary>Makes new inputs from those of a corpus; the same seed makes the same inputs.</summary>
public sealed class Mutator(int seed)
{
    private const int MaxLength = 66_000, MaxSteps = 6;

    private static readonly byte[] Interesting = [0x00, 0x01, 0x0F, 0x10, 0x20, 0x7F, 0x80, 0x90, 0xA0, 0xBE, 0xDE, 0xFF];

    private readonly Random _random = new(seed);

    /// <summary>A corpus input with one to six changes; empty corpora give random bytes.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>(Pick(corpus));
        for (var steps = 1 + _random.Next(MaxSteps); steps > 0; steps--) Change(bytes, corpus);
        if (bytes.Count > MaxLength) bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private byte[] Pick(IReadOnlyList<byte[]> corpus)
    {
        if (corpus.Count > 0) return corpus[_random.Next(corpus.Count)];
        var bytes = new byte[_random.Next(64)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        var at = _random.Next(bytes.Count + 1);
        var rest = bytes.Count - at;
        switch (_random.Next(8))
        {
            case 0 when rest > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when rest > 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2 when rest > 0:
                bytes[at] = Interesting[_random.Next(Interesting.Length)];
                break;
            case 3 when rest > 0:
                bytes[at] += (byte)(_random.Next(2) == 0 ? 1 : 255);
                break;
            case 4:
                bytes.RemoveRange(at, rest);
                break;
            case 5:
                bytes.RemoveRange(at, Math.Min(rest, 1 + _random.Next(8)));
                break;
            case 6:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(rest, 1 + _random.Next(32))));
                break;
            default:
                var other = Pick(corpus);
                var from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + _random.Next(64))]);
                break;
        }
    }
}

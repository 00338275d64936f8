using System.Buffers.Binary;
using System.Security.Cryptography;
using LiveStream.Sfu.Stun;

namespace LiveStream.Fuzz.Targets;

/// <summary>STUN message: parse, write from the attributes, compare; errors, lookups and checksums by a second, slower judgement.</summary>
public sealed class StunTarget : IFuzzTarget
{
    // The password of RFC 5769, so that its messages verify and their mutations mostly do not.
    private static readonly byte[] Key = "VOkJxbRl1RmTxUk/WvJxBt"u8.ToArray();

    public string Name => "Stun";

    public void Run(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        var error = StunMessageView.TryParse(input, out var view);
        Oracle.Same(Judge(bytes), error, "error");
        if (error != StunError.None) return;

        var attributes = Walk(bytes);
        CheckRewritten(bytes, view, attributes);
        CheckLookups(bytes, view, attributes);
        CheckIntegrity(bytes, view, attributes);
        CheckFingerprint(bytes, view, attributes);
        ReadTyped(view);
    }

    private static void CheckRewritten(byte[] bytes, StunMessageView view, List<Attribute> attributes)
    {
        var written = new byte[StunMessageView.MaxSize];
        var writer = new StunMessageWriter(written, view.Class, view.Method, view.TransactionId);
        var expected = (byte[])bytes.Clone();
        foreach (var attribute in attributes)
        {
            writer.WriteBytes((StunAttributeType)attribute.Type, bytes.AsSpan(attribute.Offset + 4, attribute.Length));
            // What padding holds is free (RFC 8489 §14).
            expected.AsSpan(attribute.Offset + 4 + attribute.Length, attribute.Padding).Clear();
        }
        Oracle.SameBytes(expected, written.AsSpan(0, writer.Finish()), "message");
    }

    private static void CheckLookups(byte[] bytes, StunMessageView view, List<Attribute> attributes)
    {
        var visible = Visible(attributes);
        foreach (var type in attributes.Select(attribute => attribute.Type).Append((ushort)0x7FFF).Distinct())
        {
            var index = visible.FindIndex(attribute => attribute.Type == type);
            Oracle.Same(index >= 0, view.TryGetAttribute((StunAttributeType)type, out var value), $"attribute {type:x4} is found");
            if (index >= 0) Oracle.SameBytes(bytes.AsSpan(visible[index].Offset + 4, visible[index].Length), value, $"attribute {type:x4}");
        }
        var unknown = visible.Where(attribute => attribute.Type < 0x8000 && !Enum.IsDefined((StunAttributeType)attribute.Type)).ToList();
        var collected = new ushort[StunMessageView.MaxSize];
        Oracle.Same(unknown.Count, view.CollectUnknownRequired(collected), "unknown attributes");
        for (var i = 0; i < unknown.Count; i++) Oracle.Same(unknown[i].Type, collected[i], "unknown attribute");
    }

    private static void CheckIntegrity(byte[] bytes, StunMessageView view, List<Attribute> attributes)
    {
        var index = attributes.FindIndex(attribute => attribute.Type == 0x0008);
        Oracle.Same(index >= 0, view.HasMessageIntegrity, "has integrity");
        var valid = false;
        if (index >= 0 && attributes[index].Length == 20)
        {
            var at = attributes[index].Offset;
            var covered = bytes[..at];
            BinaryPrimitives.WriteUInt16BigEndian(covered.AsSpan(2), (ushort)(at + 24 - 20));
#pragma warning disable CA5350 // MESSAGE-INTEGRITY is HMAC-SHA1 (RFC 8489 §14.5).
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Key);
#pragma warning restore CA5350
            hash.AppendData(covered);
            valid = hash.GetHashAndReset().AsSpan().SequenceEqual(bytes.AsSpan(at + 4, 20));
        }
        Oracle.Same(valid, view.VerifyMessageIntegrity(Key), "integrity");
    }

    private static void CheckFingerprint(byte[] bytes, StunMessageView view, List<Attribute> attributes)
    {
        var last = attributes.Count > 0 ? attributes[^1] : default;
        var present = attributes.Count > 0 && last.Type == 0x8028;
        Oracle.Same(present, view.HasFingerprint, "has fingerprint");
        var valid = present && last.Length == 4
            && BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(last.Offset + 4)) == (SlowCrc32(bytes.AsSpan(0, last.Offset)) ^ 0x5354554E);
        Oracle.Same(valid, view.VerifyFingerprint(), "fingerprint");
    }

    private static void ReadTyped(StunMessageView view)
    {
        _ = view.HasUseCandidate;
        _ = view.TryGetPriority(out _);
        _ = view.TryGetIceControlling(out _);
        _ = view.TryGetIceControlled(out _);
        if (view.TryGetErrorCode(out var code)) Oracle.Holds(code is >= 300 and <= 699, "error code");
        var address = new byte[16];
        if (view.TryGetXorMappedAddress(address, out var length, out _)) Oracle.Holds(length is 4 or 16, "address length");
    }

    private static StunError Judge(byte[] bytes)
    {
        if (bytes.Length < 20) return StunError.TooShort;
        if (bytes[0] >= 0x40) return StunError.NotStun;
        if (bytes.Length > StunMessageView.MaxSize) return StunError.TooLong;
        var length = 256 * bytes[2] + bytes[3];
        if (length % 4 != 0 || length + 20 != bytes.Length) return StunError.BadLength;
        if (!bytes.AsSpan(4, 4).SequenceEqual((ReadOnlySpan<byte>)[0x21, 0x12, 0xA4, 0x42])) return StunError.BadCookie;
        return Walk(bytes).Sum(attribute => 4 + attribute.Length + attribute.Padding) == length ? StunError.None : StunError.AttributeTruncated;
    }

    private static List<Attribute> Walk(byte[] bytes)
    {
        var attributes = new List<Attribute>();
        for (var offset = 20; offset + 4 <= bytes.Length;)
        {
            var length = 256 * bytes[offset + 2] + bytes[offset + 3];
            var attribute = new Attribute(offset, (ushort)(256 * bytes[offset] + bytes[offset + 1]), length, (4 - length % 4) % 4);
            attributes.Add(attribute);
            offset += 4 + length + attribute.Padding;
        }
        return attributes;
    }

    // What stands behind MESSAGE-INTEGRITY is ignored, but for MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (RFC 8489 §14.5).
    private static List<Attribute> Visible(List<Attribute> attributes)
    {
        var integrity = attributes.FindIndex(attribute => attribute.Type == 0x0008);
        return [.. attributes.Where((attribute, index) => integrity < 0 || index <= integrity || attribute.Type is 0x001C or 0x8028)];
    }

    private static uint SlowCrc32(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var octet in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var carry = ((crc ^ (uint)(octet >> bit)) & 1) != 0;
                crc >>= 1;
                if (carry) crc ^= 0xEDB88320;
            }
        }
        return crc ^ 0xFFFFFFFF;
    }

    private readonly record struct Attribute(int Offset, ushort Type, int Length, int Padding);
}

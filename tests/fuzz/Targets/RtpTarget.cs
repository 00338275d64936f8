using System.Buffers.Binary;
using LiveStream.Wire.Rtp;

namespace LiveStream.Fuzz.Targets;

/// <summary>RTP packet: parse, write from the fields, compare; errors by a second, slower judgement.</summary>
public sealed class RtpTarget : IFuzzTarget
{
    public string Name => "Rtp";

    public void Run(ReadOnlySpan<byte> input)
    {
        var error = RtpPacketView.TryParse(input, out var view);
        Oracle.Same(Judge(input.ToArray()), error, "error");
        var headerError = RtpPacketView.TryParseHeader(input, out var header);
        Oracle.Same(error == RtpError.PaddingInvalid ? RtpError.None : error, headerError, "header error");
        if (headerError == RtpError.None) Oracle.Same(input.Length, header.HeaderLength + header.Payload.Length, "length of header and payload");
        _ = MediaDatagram.Classify(input);
        if (error != RtpError.None) return;

        var padded = view.PaddingLength > 0;
        var packet = new byte[input.Length];
        var size = RtpWriter.WriteFixedHeader(
            packet, view.Marker, view.PayloadType, view.SequenceNumber, view.Timestamp, view.Ssrc, view.HasExtension, padded);
        packet[0] |= (byte)view.CsrcCount;
        for (var i = 0; i < view.CsrcCount; i++, size += 4) BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(size), view.GetCsrc(i));
        if (view.HasExtension)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(size), view.ExtensionProfile);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(size + 2), (ushort)(view.ExtensionData.Length / 4));
            view.ExtensionData.CopyTo(packet.AsSpan(size + 4));
            size += 4 + view.ExtensionData.Length;
        }

        Oracle.Same(view.HeaderLength, size, "header length");
        view.Payload.CopyTo(packet.AsSpan(size));
        size += view.Payload.Length;
        if (padded) RtpWriter.WritePadding(packet.AsSpan(size));

        // What padding holds before its count is free.
        var compared = packet.Length - view.PaddingLength;
        Oracle.SameBytes(input[..compared], packet.AsSpan(0, compared), "packet");
        if (padded) Oracle.Same(input[^1], packet[^1], "padding count");

        CheckExtensions(view);
        if (RtxPacket.TryGetOriginalSequenceNumber(view.Payload, out _, out var original)) Oracle.Same(view.Payload.Length - 2, original.Length, "original payload");
    }

    private static void CheckExtensions(RtpPacketView view)
    {
        var seen = new HashSet<byte>();
        var elements = view.Extensions;
        while (elements.TryRead(out var id, out var value))
        {
            Oracle.Holds(id != 0, "identifier 0 is padding");
            Oracle.Holds(view.ExtensionProfile != 0xBEDE || (id < 15 && value.Length is >= 1 and <= 16), "one-byte element");
            if (!seen.Add(id)) continue;
            Oracle.Holds(view.TryGetExtension(id, out var found), "element is found");
            Oracle.SameBytes(value, found, "element");
            _ = TransportSequenceNumber.TryParse(value, out _);
            _ = AbsoluteSendTime.TryParse(value, out _);
            _ = AudioLevel.TryParse(value, out _);
            _ = VideoOrientation.TryParse(value, out _);
        }

        for (var id = 0; id <= 255; id++) Oracle.Same(seen.Contains((byte)id), view.TryGetExtension((byte)id, out _), $"element {id}");
    }

    private static RtpError Judge(byte[] bytes)
    {
        if (bytes.Length < 12) return RtpError.TooShort;
        if (bytes[0] / 64 != 2) return RtpError.BadVersion;
        var left = bytes.Length - 12 - 4 * (bytes[0] % 16);
        if (left < 0) return RtpError.CsrcTruncated;
        if (bytes[0] / 16 % 2 == 1)
        {
            if (left < 4) return RtpError.ExtensionTruncated;
            var at = bytes.Length - left;
            left -= 4 + 4 * (256 * bytes[at + 2] + bytes[at + 3]);
            if (left < 0) return RtpError.ExtensionTruncated;
        }

        if (bytes[0] / 32 % 2 == 0) return RtpError.None;
        return bytes[^1] >= 1 && bytes[^1] <= left ? RtpError.None : RtpError.PaddingInvalid;
    }
}

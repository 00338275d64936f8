using System.Buffers.Binary;
using LiveStream.Sfu.Sctp;

namespace LiveStream.Fuzz.Targets;

/// <summary>
/// SCTP: the input as a packet, judged a second time by slower code; and the input as the chunks of a packet with right
/// ports, tag and checksum, taken by the data channels of a server that has an association and by one that has none. No state
/// may be left that sends without end, or keeps more than the bounds allow.
/// </summary>
public sealed class SctpTarget : IFuzzTarget
{
    public string Name => "Sctp";

    public void Run(ReadOnlySpan<byte> input)
    {
        var error = SctpPacketView.TryParse(input, out var view);
        Oracle.Same(Judge(input.ToArray()), error, "error");
        if (error == SctpError.None)
        {
            var total = 0;
            var chunks = view.Chunks;
            while (chunks.TryRead(out var chunk)) total += (chunk.Whole.Length + 3) & ~3;
            Oracle.Holds(total + SctpPacketView.HeaderSize - input.Length is >= 0 and <= 3, "the chunks fill the packet");
        }

        _ = DcepMessage.TryReadOpen(input, out _);
        if (input.Length > 1148) return;
        Feed(new Rig(connected: false), input, tag: 0);
        var rig = new Rig(connected: true);
        Feed(rig, input, rig.ServerTag);
    }

    private static void Feed(Rig rig, ReadOnlySpan<byte> chunks, uint tag)
    {
        var packet = new byte[SctpPacketView.HeaderSize + chunks.Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 5000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 5000);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), tag);
        chunks.CopyTo(packet.AsSpan(SctpPacketView.HeaderSize));
        SctpChecksum.Write(packet);
        for (var i = 0; i < 3; i++) rig.Server.Receive(packet, rig.Now);
        // A chunk has at least four bytes and causes at most one packet, or the resets and the data that wait.
        Oracle.Holds(rig.SentPackets <= 3 * (chunks.Length / 4 + 8), $"{rig.SentPackets} packets for one");
        for (var i = 0; i < 40 && rig.Server.NextDue is { } due; i++) rig.Expire(due);
        Oracle.Holds(rig.Server.NextDue is null, "timers end");
        Oracle.Holds(rig.Server.State != SctpState.Closed || rig.Server.Buffered == 0, "a closed association keeps nothing");
    }

    private static SctpError Judge(byte[] bytes)
    {
        if (bytes.Length < 16) return SctpError.TooShort;
        var crc = uint.MaxValue;
        for (var i = 0; i < bytes.Length; i++)
        {
            crc ^= i is >= 8 and < 12 ? 0u : bytes[i];
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
        }

        if (~crc != BitConverter.ToUInt32(bytes, 8)) return SctpError.BadChecksum;
        for (var at = 12; at < bytes.Length;)
        {
            if (bytes.Length - at < 4) return SctpError.ChunkTruncated;
            var length = bytes[at + 2] * 256 + bytes[at + 3];
            if (length < 4 || at + length > bytes.Length) return SctpError.ChunkTruncated;
            at += (length + 3) / 4 * 4;
        }

        return SctpError.None;
    }

    // A server, and a client that connects to it and is then silent.
    private sealed class Rig : IDataChannelUser
    {
        private readonly Queue<byte[]> _toClient = new(), _toServer = new();
        private bool _isQuiet;

        public Rig(bool connected)
        {
            Server = new DataChannels(this, isDtlsServer: true);
            if (!connected) return;
            var client = new DataChannels(new Client(_toServer), isDtlsServer: false);
            Server.Open("ion-sfu", Now);
            while (_toClient.Count + _toServer.Count > 0)
            {
                while (_toClient.TryDequeue(out var packet)) client.Receive(packet, Now);
                while (_toServer.TryDequeue(out var packet))
                {
                    ServerTag = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));
                    Server.Receive(packet, Now);
                }
            }

            Oracle.Same(SctpState.Established, Server.State, "state");
            _isQuiet = true;
        }

        public DataChannels Server { get; }

        public uint ServerTag { get; private set; }

        public TimeSpan Now { get; private set; }

        public int SentPackets { get; private set; }

        public void Expire(TimeSpan due)
        {
            Now = due;
            Server.HandleTimeout(due);
        }

        public void SendSctp(ReadOnlySpan<byte> packet)
        {
            Oracle.Same(SctpError.None, SctpPacketView.TryParse(packet, out _), "own packet");
            if (_isQuiet) SentPackets++;
            else _toClient.Enqueue(packet.ToArray());
        }

        public void OnChannelOpened(string label) => Oracle.Holds(label.Length <= DcepMessage.MaximumText, "label");

        public void OnText(string label, ReadOnlySpan<byte> text) => Server.SendText(label, text, Now);

        public void OnChannelClosed(string label)
        {
        }
    }

    private sealed class Client(Queue<byte[]> output) : IDataChannelUser
    {
        public void SendSctp(ReadOnlySpan<byte> packet) => output.Enqueue(packet.ToArray());

        public void OnChannelOpened(string label)
        {
        }

        public void OnText(string label, ReadOnlySpan<byte> text)
        {
        }

        public void OnChannelClosed(string label)
        {
        }
    }
}

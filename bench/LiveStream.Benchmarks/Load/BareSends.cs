using System.Net;
using System.Net.Sockets;
using LiveStream.Benchmarks.Reporting;
using static LiveStream.Sfu.Interop.LinuxSockets;

namespace LiveStream.Benchmarks.Load;

/// <summary>
/// The yardstick of the fan-out: the datagrams that a publisher's stream becomes for so many viewers, sent by one
/// <c>sendto</c> each. Nothing is received, looked up, rewritten or encrypted, so no server that sends packet by packet
/// costs less; and it moves with the machine as the server's own cost does.
/// </summary>
internal static unsafe class BareSends
{
    // A tenth of a second of the stream: three frames of six packets, five packets of sound, with what SRTP adds.
    private const int Cycles = 20, Frames = 3, PacketsPerFrame = 6, SoundPackets = 5, VideoBytes = 1080, SoundBytes = 120;
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100.0 / (Frames + SoundPackets));

    /// <summary>Sends for two seconds to <paramref name="viewers"/> loopback sockets; CPU microseconds of the sending thread per datagram.</summary>
    public static double Measure(int viewers)
    {
        var sockets = new LoadSocket[viewers];
        for (var i = 0; i < viewers; i++) sockets[i] = new LoadSocket();
        using var ended = new CancellationTokenSource();
        var reader = new Thread(() => Drain(sockets, ended.Token)) { IsBackground = true };
        reader.Start();
        try
        {
            return Send([.. sockets.Select(socket => LoadNative.ToSockAddr(socket.EndPoint))]);
        }
        finally
        {
            ended.Cancel();
            reader.Join();
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    private static double Send(byte[][] addresses)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var fd = (int)socket.SafeHandle.DangerousGetHandle();
        var data = stackalloc byte[VideoBytes];
        long sent = 0, cpu = 0;
        for (var round = 0; round < Cycles * (Frames + SoundPackets); round++)
        {
            // A server too finds its memory cold after the pause between two frames.
            Thread.Sleep(Gap);
            var (count, bytes) = round % (Frames + SoundPackets) < Frames ? (PacketsPerFrame, VideoBytes) : (1, SoundBytes);
            var before = ThreadClock.Nanoseconds;
            foreach (var address in addresses)
            {
                fixed (byte* name = address)
                {
                    for (var i = 0; i < count; i++) _ = LoadNative.SendTo(fd, data, (nuint)bytes, MsgDontWait, name, (uint)address.Length);
                }
            }

            cpu += ThreadClock.Nanoseconds - before;
            sent += count * addresses.Length;
        }

        return cpu / 1000.0 / sent;
    }

    private static void Drain(LoadSocket[] sockets, CancellationToken ended)
    {
        var batch = new ReceiveBatch();
        while (!ended.IsCancellationRequested)
        {
            foreach (var socket in sockets)
                while (socket.Receive(batch) == ReceiveBatch.Size) { }
            Thread.Sleep(5);
        }
    }
}

using System.Diagnostics;
using LiveStream.Media.Aac;

namespace LiveStream.HlsPackager.Tests.Passthrough;

/// <summary>FFmpeg as the tests' independent encoder and decoder.</summary>
internal static class FFmpegTool
{
    /// <summary>Runs FFmpeg with bytes in and bytes out.</summary>
    public static async Task<byte[]> RunAsync(string arguments, byte[] input)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", "-hide_banner -v error -threads 1 " + arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        var writing = Task.Run(async () =>
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await writing;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    /// <summary>Opus packets of 20 ms with a click of half a millisecond at each whole second from 1 on.</summary>
    public static async Task<List<byte[]>> ClicksAsync(int seconds) => OggPackets(await RunAsync(
        $"-f lavfi -i \"aevalsrc='if(lt(mod(t\\,1)\\,0.0005)*gt(t\\,0.5)\\,0.9\\,0)':s=48000:d={seconds}\" "
        + "-c:a libopus -b:a 64k -frame_duration 20 -application voip -f ogg pipe:1", [])).Skip(2).ToList();

    /// <summary>Decodes raw AAC-LC frames to mono samples.</summary>
    public static async Task<short[]> DecodeAsync(IEnumerable<ReadOnlyMemory<byte>> frames, int channels)
    {
        using var adts = new MemoryStream();
        foreach (var frame in frames)
        {
            var length = frame.Length + AdtsHeader.MinLength;
            adts.Write([0xFF, 0xF1, 0x4C, (byte)((channels << 6) | (length >> 11)), (byte)(length >> 3), (byte)((length << 5) | 0x1F), 0xFC]);
            adts.Write(frame.Span);
        }

        var raw = await RunAsync("-f aac -i pipe:0 -f s16le -ac 1 -ar 48000 pipe:1", adts.ToArray());
        return Enumerable.Range(0, raw.Length / 2).Select(i => BitConverter.ToInt16(raw, 2 * i)).ToArray();
    }

    private static List<byte[]> OggPackets(byte[] stream)
    {
        var packets = new List<byte[]>();
        var packet = new List<byte>();
        for (var at = 0; at < stream.Length;)
        {
            int segments = stream[at + 26], data = at + 27 + segments;
            for (var i = 0; i < segments; i++)
            {
                int size = stream[at + 27 + i];
                packet.AddRange(stream[data..(data + size)]);
                data += size;
                if (size == 255) continue;
                packets.Add([.. packet]);
                packet.Clear();
            }

            at = data;
        }

        return packets;
    }
}

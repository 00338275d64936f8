using System.ComponentModel;
using System.Diagnostics;
using LiveStream.Media.H264;

namespace LiveStream.Benchmarks.Hls;

/// <summary>One picture, cut into RTP payloads; a key frame's first payload holds the parameter sets.</summary>
internal sealed record ClipFrame(bool IsKeyFrame, IReadOnlyList<byte[]> Payloads);

/// <summary>Ten seconds of real media that FFmpeg makes: 720p30 H.264 at 2 Mbit/s as a browser encodes it, and stereo Opus.</summary>
internal sealed record Clip(IReadOnlyList<ClipFrame> Frames, IReadOnlyList<byte[]> OpusPackets)
{
    /// <summary>Pictures per second.</summary>
    public const int FrameRate = 30;

    private const int MaxPayload = 1150, OpusHeaders = 2;

    /// <summary>Makes the clip in a folder that goes away.</summary>
    public static async Task<Clip> MakeAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("livestream-clip-").FullName;
        try
        {
            var (video, audio) = (Path.Combine(folder, "clip.h264"), Path.Combine(folder, "clip.opus"));
            await RunFFmpegAsync(
            [
                "-f", "lavfi", "-i", $"testsrc2=size=1280x720:rate={FrameRate}:duration=10,noise=alls=8:allf=t", "-pix_fmt", "yuv420p",
                "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-profile:v", "baseline", "-bf", "0",
                "-b:v", "2M", "-maxrate", "2M", "-bufsize", "1M",
                "-x264-params", "keyint=60:min-keyint=60:scenecut=0:sliced-threads=0:threads=1:aud=1:repeat-headers=1",
                "-f", "h264", video,
            ], cancellationToken);
            await RunFFmpegAsync(
            [
                "-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.2:duration=10:sample_rate=48000", "-ac", "2",
                "-c:a", "libopus", "-b:a", "64k", "-frame_duration", "20", "-f", "ogg", audio,
            ], cancellationToken);
            var frames = Frame(await File.ReadAllBytesAsync(video, cancellationToken));
            var packets = OggPackets.Read(await File.ReadAllBytesAsync(audio, cancellationToken)).Skip(OpusHeaders).ToList();
            if (frames.Count == 0 || !frames[0].IsKeyFrame || packets.Count == 0) throw new InvalidOperationException("FFmpeg made no usable clip.");
            return new Clip(frames, packets);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunFFmpegAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo("ffmpeg") { RedirectStandardError = true, RedirectStandardInput = true } };
        foreach (var argument in (string[])["-hide_banner", "-nostats", "-loglevel", "error", "-y", .. arguments]) process.StartInfo.ArgumentList.Add(argument);
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"ffmpeg cannot be run: {error.Message}", error);
        }
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg failed: {errors}");
    }

    // An access unit delimiter stands before each picture; browsers send none, so it is left out.
    private static List<ClipFrame> Frame(ReadOnlySpan<byte> stream)
    {
        var frames = new List<ClipFrame>();
        var payloads = new List<byte[]>();
        byte[] sequenceParameters = [];
        var keyFrame = false;
        var packet = new byte[MaxPayload];
        var units = new AnnexBReader(stream);
        while (units.TryRead(out var nal))
        {
            switch (NalUnit.TypeOf(nal))
            {
                case NalUnitType.AccessUnitDelimiter when payloads.Count > 0:
                    frames.Add(new ClipFrame(keyFrame, [.. payloads]));
                    payloads.Clear();
                    keyFrame = false;
                    break;
                case NalUnitType.SequenceParameterSet:
                    sequenceParameters = nal.ToArray();
                    break;
                case NalUnitType.PictureParameterSet:
                    payloads.Add(packet[..RtpPacketizer.WriteStapA(packet, sequenceParameters, nal)]);
                    break;
                case NalUnitType.IdrSlice or NalUnitType.NonIdrSlice:
                    keyFrame |= NalUnit.TypeOf(nal) == NalUnitType.IdrSlice;
                    var packets = new RtpPacketizer(nal, MaxPayload);
                    for (var size = packets.WriteNext(packet); size > 0; size = packets.WriteNext(packet)) payloads.Add(packet[..size]);
                    break;
            }
        }
        if (payloads.Count > 0) frames.Add(new ClipFrame(keyFrame, [.. payloads]));
        return frames;
    }
}

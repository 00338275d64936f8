using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>One coded picture or audio frame with its place on the track's timeline.</summary>
/// <param name="Time">Decode time in the track's timescale; equal to the presentation time.</param>
/// <param name="Duration">In the track's timescale.</param>
/// <param name="IsSync">Decoding may begin here.</param>
/// <param name="Data">The sample's bytes; held until the chunk is written.</param>
internal readonly record struct CodedFrame(long Time, uint Duration, bool IsSync, ReadOnlyMemory<byte> Data);

/// <summary>
/// A CMAF chunk (ISO/IEC 23000-19 §7.3.3): <c>prft</c>, <c>moof</c> and <c>mdat</c>, in front of them <c>styp</c> at a segment's start.
/// A chunk is one LL-HLS part.
/// </summary>
internal sealed class MediaChunk
{
    private const uint DefaultBaseIsMoof = 0x020000, DefaultDurationPresent = 0x08, DefaultFlagsPresent = 0x20;
    private const uint DataOffsetPresent = 0x1, DurationPresent = 0x100, SizePresent = 0x200, FlagsPresent = 0x400;
    private const uint SyncSample = 0x02000000; // sample_depends_on 2: on no other
    private const uint DependentSample = 0x01010000; // sample_depends_on 1, sample_is_non_sync_sample
    private const uint CapturedConsistently = 24; // prft flags: the time of capture, offset the same for all
    private const int MediaDataHeader = 8;
    private const long SecondsFrom1900To1970 = 2_208_988_800;

    private readonly BoxWriter writer = new();

    /// <summary>Writes a chunk into an array of exactly its size.</summary>
    /// <param name="frames">At least one.</param>
    /// <param name="sequence"><c>mfhd</c> sequence number: grows by one per chunk of the rendition.</param>
    /// <param name="captured">Capture time (UTC) of the first frame.</param>
    /// <param name="startsSegment">Puts <c>styp</c> in front.</param>
    public byte[] Write(List<CodedFrame> frames, uint sequence, DateTimeOffset captured, bool startsSegment)
    {
        writer.Reset();
        if (startsSegment) FileTypeBox.WriteSegmentType(writer);
        WriteProducerReferenceTime((ulong)frames[0].Time, captured);

        var payload = 0;
        foreach (ref readonly var frame in CollectionsMarshal.AsSpan(frames)) payload += frame.Data.Length;

        var moof = writer.Begin("moof"u8);
        var mfhd = writer.BeginFull("mfhd"u8, 0, 0);
        writer.U32(sequence);
        writer.End(mfhd);
        var traf = writer.Begin("traf"u8);
        var dataOffset = WriteTrack(frames);
        writer.End(traf);
        writer.End(moof);
        // The offset counts from the moof's first byte to the first byte of media data.
        writer.PatchU32(dataOffset, (uint)(writer.Length - moof + MediaDataHeader));

        var header = writer.Length;
        var chunk = GC.AllocateUninitializedArray<byte>(header + MediaDataHeader + payload);
        writer.Written.CopyTo(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(header), (uint)(MediaDataHeader + payload));
        "mdat"u8.CopyTo(chunk.AsSpan(header + 4));
        var position = header + MediaDataHeader;
        foreach (ref readonly var frame in CollectionsMarshal.AsSpan(frames))
        {
            frame.Data.Span.CopyTo(chunk.AsSpan(position));
            position += frame.Data.Length;
        }

        return chunk;
    }

    private int WriteTrack(List<CodedFrame> frames)
    {
        var span = CollectionsMarshal.AsSpan(frames);
        var uniform = IsUniform(span);
        var tfhd = writer.BeginFull("tfhd"u8, 0, DefaultBaseIsMoof | (uniform ? DefaultDurationPresent | DefaultFlagsPresent : 0));
        writer.U32(MovieBox.TrackId);
        if (uniform)
        {
            writer.U32(span[0].Duration);
            writer.U32(SyncSample);
        }

        writer.End(tfhd);

        var tfdt = writer.BeginFull("tfdt"u8, 1, 0);
        writer.U64((ulong)span[0].Time);
        writer.End(tfdt);

        var trun = writer.BeginFull("trun"u8, 0, DataOffsetPresent | SizePresent | (uniform ? 0 : DurationPresent | FlagsPresent));
        writer.U32((uint)span.Length);
        var dataOffset = writer.Length;
        writer.U32(0);
        foreach (ref readonly var frame in span)
        {
            if (!uniform) writer.U32(frame.Duration);
            writer.U32((uint)frame.Data.Length);
            if (!uniform) writer.U32(frame.IsSync ? SyncSample : DependentSample);
        }

        writer.End(trun);
        return dataOffset;
    }

    // Audio frames are all alike: their duration and flags fit into the fragment's defaults.
    private static bool IsUniform(ReadOnlySpan<CodedFrame> frames)
    {
        foreach (ref readonly var frame in frames)
        {
            if (!frame.IsSync || frame.Duration != frames[0].Duration) return false;
        }

        return true;
    }

    // ISO/IEC 14496-12 §8.16.5: reference track, NTP time, media time.
    private void WriteProducerReferenceTime(ulong mediaTime, DateTimeOffset captured)
    {
        var sinceUnix = captured.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(sinceUnix, TimeSpan.TicksPerSecond, out var rest);
        var fraction = ((ulong)rest << 32) / TimeSpan.TicksPerSecond;
        var box = writer.BeginFull("prft"u8, 1, CapturedConsistently);
        writer.U32(MovieBox.TrackId);
        writer.U64((ulong)(seconds + SecondsFrom1900To1970) << 32 | fraction);
        writer.U64(mediaTime);
        writer.End(box);
    }
}

using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Recording;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Bus;
using LiveStream.Objects;

namespace LiveStream.Recording.Tests;

/// <summary>Journals as the packager writes them, of segments of two seconds.</summary>
internal static class Journals
{
    public const string Path = "aaaaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbbbb/20260102/1767323045000";
    public const string Folder = "aaaaaaaaaaaaaaaaaaaaaaaa/hls/bbbbbbbbbbbbbbbbbbbbbbbb/20260102/1767323045000/vod";

    public static DateTimeOffset Epoch { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static JournalInit Video(string name = "stream_0", int number = 0, int width = 640) => new(name, number, "avc1.42E01F", width, width * 9 / 16, 0, SegmentFate.Stored);

    public static JournalInit Audio { get; } = new("audio", 0, "", 0, 0, 2, SegmentFate.Stored);

    public static JournalSegment Segment(long number, string name = "stream_0", SegmentFate fate = SegmentFate.Stored, bool discontinuity = false, int init = 0, int bytes = 1000) => new(
        name, number, TimeSpan.FromSeconds(2 * number).Ticks, TimeSpan.FromSeconds(2).Ticks, init, discontinuity, 60, fate == SegmentFate.Gap ? 0 : bytes, fate);

    public static RecordingJournalPage Page(IEnumerable<JournalInit> inits, IEnumerable<JournalSegment> segments, bool closed = false, params JournalDateRange[] ranges) =>
        new("stream", Epoch, 2, [.. inits], [.. segments], ranges, closed);

    public static EventEnvelope<LiveStreamRecorded> Event(bool zip = true) => new(
        Guid.NewGuid(), 1, "room", Epoch, new LiveStreamRecorded("aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccccccc", Path, zip, Epoch));

    /// <summary>Puts pages and the objects that they name into a store.</summary>
    public static async Task StoreAsync(IObjectStore store, params RecordingJournalPage[] pages)
    {
        for (var i = 0; i < pages.Length; i++)
        {
            await store.PutAsync(RecordingKeys.JournalPage(Path, i), "application/json", [pages[i].ToBytes()], default);
            foreach (var init in pages[i].Inits) await store.PutAsync($"{Folder}/{init.Rendition}/init_{init.Number}.mp4", "video/mp4", [new byte[100]], default);
            foreach (var segment in pages[i].Segments.Where(s => s.Fate == SegmentFate.Stored))
                await store.PutAsync($"{Folder}/{segment.Rendition}/segment_{segment.Number}.m4s", "video/iso.segment", [Content(segment)], default);
        }
    }

    /// <summary>Bytes of a segment: no two have the same.</summary>
    public static byte[] Content(JournalSegment segment) =>
        [.. Enumerable.Range(0, (int)segment.Bytes).Select(i => (byte)(i * 31 + segment.Number * 7 + segment.Rendition.Length))];
}

/// <summary>Rooms, as far as the recording service sees it.</summary>
internal sealed class FakeRooms : IRecordings
{
    public List<RecordingReport> Reports { get; } = [];

    /// <summary>So many reports fail before one is taken.</summary>
    public int Failures { get; set; }

    public Task<RecordingReportReply> ReportRecordingAsync(RecordingReport request, CancellationToken cancellationToken)
    {
        if (Failures-- > 0) throw new InvalidOperationException("rooms is away");
        Reports.Add(request);
        return Task.FromResult(new RecordingReportReply());
    }
}

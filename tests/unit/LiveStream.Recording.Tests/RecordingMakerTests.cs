using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Text;

using LiveStream.Contracts.Recording;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Objects;
using LiveStream.Recording.Vod;
using LiveStream.Testing;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Recording.Tests;

public sealed class RecordingMakerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-recording-").FullName;
    private readonly ServiceProvider _services;
    private readonly FakeRooms _rooms = new();

    public RecordingMakerTests() => _services = new ServiceCollection().AddMetrics().AddObjectStore()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Objects:Folder"] = _folder }).Build())
        .BuildServiceProvider();

    private IObjectStore Store => _services.GetRequiredService<IObjectStore>();

    [Fact]
    public async Task Handle_AShow_MakesPlaylistsAndAZip_ThatOtherToolsRead()
    {
        var pages = new[]
        {
            Journals.Page([Journals.Video(), Journals.Audio], Enumerable.Range(0, 30).SelectMany(i => new[] { Journals.Segment(i), Journals.Segment(i, "audio", bytes: 300) })),
            Journals.Page([], [Journals.Segment(30)], closed: true),
        };
        await Journals.StoreAsync(Store, pages);

        await MakeAsync(Store);

        var made = Assert.Single(_rooms.Reports).Made;
        Assert.Equal((62u, 640u, 360u, 1u, 0u), (made.DurationSeconds, made.MaxWidth, made.MaxHeight, made.Layers, made.LostSegments));
        Assert.Equal($"{Journals.Folder}/master.m3u8", made.PlaylistKey);
        Assert.Equal($"{Journals.Folder}/Rec-bbbbbbbbbbbbbbbbbbbbbbbb-1767323045000.zip", made.ZipKey);
        var path = Path.Combine(_folder, made.ZipKey);
        Assert.Equal((long)made.ZipSize, new FileInfo(path).Length);

        using var zip = ZipFile.OpenRead(path);
        Assert.Equal(1 + 2 + 2 + 31 + 30, zip.Entries.Count);
        Assert.All(zip.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        foreach (var segment in pages.SelectMany(page => page.Segments)) Assert.Equal(Journals.Content(segment), Read(zip, $"{segment.Rendition}/segment_{segment.Number}.m4s"));
        foreach (var name in new[] { "master.m3u8", "stream_0/stream.m3u8", "audio/stream.m3u8" })
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, Journals.Folder, name)), Read(zip, name));
        Assert.Equal("", await ComplaintsAsync("unzip", "-tqq", path));
        Assert.Equal("", await ComplaintsAsync("/usr/bin/python3", "-c", "import sys,zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip())", path));
    }

    [Fact]
    public async Task Handle_TheSameEventAgain_WritesTheSame()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0)]));
        await MakeAsync(Store);
        var first = await File.ReadAllBytesAsync(Path.Combine(_folder, _rooms.Reports[0].Made.ZipKey));
        await MakeAsync(Store);

        Assert.Equal(_rooms.Reports[0].Made, _rooms.Reports[1].Made);
        Assert.Equal(first, await File.ReadAllBytesAsync(Path.Combine(_folder, _rooms.Reports[1].Made.ZipKey)));
    }

    [Fact]
    public async Task Handle_StoreAwayInTheMiddle_ReportsNothing_AndTheNextTryIsWhole()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], Enumerable.Range(0, 5).Select(i => Journals.Segment(i))));
        var failing = new FailingStore(Store, $"{Journals.Folder}/stream_0/segment_3.m4s");

        await Assert.ThrowsAsync<ObjectStoreException>(() => MakeAsync(failing));
        Assert.Empty(_rooms.Reports);
        Assert.Empty(Directory.GetFiles(_folder, "*.zip", SearchOption.AllDirectories));
        await MakeAsync(Store);

        using var zip = ZipFile.OpenRead(Path.Combine(_folder, Assert.Single(_rooms.Reports).Made.ZipKey));
        Assert.Equal(1 + 1 + 1 + 5, zip.Entries.Count);
    }

    [Fact]
    public async Task Handle_NoZipWanted_MakesThePlaylistOnly()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0)]));
        await MakeAsync(Store, zip: false);
        Assert.Equal(("", 0ul), (_rooms.Reports[0].Made.ZipKey, _rooms.Reports[0].Made.ZipSize));
        Assert.Empty(Directory.GetFiles(_folder, "*.zip", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Handle_AZipThatCannotBeMade_IsLeftOutAfterSomeTime_AndTheNextRecordingIsMade()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0)]));
        var clock = new TestClock();
        var maker = NewMaker(new FailingStore(Store, broken: "") { ZipError = new ObjectStoreException("refused") }, clock);
        for (var i = 0; i < 30; i++)
        {
            await Assert.ThrowsAsync<ObjectStoreException>(() => maker.HandleAsync(Journals.Event(), default));
            clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Empty(_rooms.Reports);
        await maker.HandleAsync(Journals.Event(), default);
        var made = Assert.Single(_rooms.Reports).Made;
        Assert.Equal(("", 0ul, $"{Journals.Folder}/master.m3u8"), (made.ZipKey, made.ZipSize, made.PlaylistKey));
        await maker.HandleAsync(Journals.Event(zip: false), default);
        Assert.Equal(2, _rooms.Reports.Count);
    }

    [Fact]
    public async Task Handle_NoRoomForAZip_GivesItUpAtOnce_AndTheNextOneIsTried()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0)]));
        var clock = new TestClock();
        var store = new FailingStore(Store, broken: "") { ZipError = new ObjectStoreException("full", new IOException("No space left on device", 28)) };
        var maker = NewMaker(store, clock);
        // Each try would fill the disk: there is no second one, not even when rooms is away.
        _rooms.Failures = 1;
        await Assert.ThrowsAsync<InvalidOperationException>(() => maker.HandleAsync(Journals.Event(), default));
        await maker.HandleAsync(Journals.Event(), default);
        Assert.Equal((1, ""), (store.Zips, Assert.Single(_rooms.Reports).Made.ZipKey));

        store.ZipError = null;
        var other = Journals.Event();
        await maker.HandleAsync(other with { Body = other.Body with { StreamId = "dddddddddddddddddddddddd" } }, default);
        Assert.EndsWith(".zip", _rooms.Reports[1].Made.ZipKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_NoJournal_SaysThatNothingWasRecorded()
    {
        await MakeAsync(Store);
        Assert.Equal(RecordingReport.WhatOneofCase.Nothing, Assert.Single(_rooms.Reports).WhatCase);
    }

    [Fact]
    public async Task Handle_EverythingLost_IsAnUploadError()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0, fate: SegmentFate.Lost)]));
        await MakeAsync(Store);
        Assert.Equal("UPLOAD_ERROR", Assert.Single(_rooms.Reports).Failure.Type);
    }

    [Fact]
    public async Task Handle_APageThatIsNoPage_IsPassedOver()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0)]));
        foreach (var (number, text) in new[] { (5, "{"), (6, "{}"), (7, "[]"), (8, "null") })
            await Store.PutAsync(RecordingKeys.JournalPage(Journals.Path, number), "application/json", [Encoding.UTF8.GetBytes(text)], default);
        await MakeAsync(Store);
        Assert.Equal(2u, Assert.Single(_rooms.Reports).Made.DurationSeconds);
    }

    [Fact]
    public async Task Handle_AnObjectThatIsGone_IsLeftOutOfTheZip()
    {
        await Journals.StoreAsync(Store, Journals.Page([Journals.Video()], [Journals.Segment(0), Journals.Segment(1)]));
        File.Delete(Path.Combine(_folder, Journals.Folder, "stream_0/segment_1.m4s"));
        await MakeAsync(Store);
        using var zip = ZipFile.OpenRead(Path.Combine(_folder, _rooms.Reports[0].Made.ZipKey));
        Assert.DoesNotContain(zip.Entries, entry => entry.FullName.EndsWith("segment_1.m4s", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task MakeAsync(IObjectStore store, bool zip = true) => NewMaker(store, TimeProvider.System).HandleAsync(Journals.Event(zip), default);

    private RecordingMaker NewMaker(IObjectStore store, TimeProvider time) => new(
        new JournalReader(store, NullLogger<JournalReader>.Instance), new ZipWriter(store, NullLogger<ZipWriter>.Instance), store, _rooms,
        new RecordingMetrics(_services.GetRequiredService<IMeterFactory>()), time, NullLogger<RecordingMaker>.Instance);

    private static byte[] Read(ZipArchive zip, string name)
    {
        using var copy = new MemoryStream();
        using var entry = zip.GetEntry(name)!.Open();
        entry.CopyTo(copy);
        return copy.ToArray();
    }

    private static async Task<string> ComplaintsAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? text : $"exit code {process.ExitCode}: {text}";
    }

    /// <summary>A store that cannot read one object, or takes no zips.</summary>
    private sealed class FailingStore(IObjectStore store, string broken) : IObjectStore
    {
        public Exception? ZipError { get; set; }

        public int Zips { get; private set; }

        public Task PutAsync(string key, string contentType, IReadOnlyList<byte[]> content, CancellationToken cancellationToken) =>
            store.PutAsync(key, contentType, content, cancellationToken);

        public Task<long> UploadAsync(string key, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
        {
            Zips++;
            return ZipError is null ? store.UploadAsync(key, contentType, write, cancellationToken) : Task.FromException<long>(ZipError);
        }

        public Task<StoredObject?> OpenAsync(string key, CancellationToken cancellationToken) =>
            key == broken ? Task.FromException<StoredObject?>(new ObjectStoreException("away")) : store.OpenAsync(key, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellationToken) => store.ListAsync(folder, cancellationToken);

        public Task<string?> PresignAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) => store.PresignAsync(key, lifetime, cancellationToken);

        public string PathOf(string key) => store.PathOf(key);
    }
}

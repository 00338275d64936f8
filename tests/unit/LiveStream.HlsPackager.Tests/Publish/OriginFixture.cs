using System.Threading.Channels;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Control;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Streams;
using LiveStream.HlsPackager.Tests.Cmaf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Tests.Publish;

/// <summary>The packager module on a loopback port, with sources that the test feeds.</summary>
internal sealed class OriginFixture : IAsyncDisposable
{
    public const string Customer = "aaaaaaaaaaaaaaaaaaaaaaaa", Room = "bbbbbbbbbbbbbbbbbbbbbbbb";
    public const string Path = Customer + "/" + Room + "/20260102/1767323045000";

    private readonly WebApplication app;
    private readonly string folder;

    private OriginFixture(WebApplication app, string folder)
    {
        this.app = app;
        this.folder = folder;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public PackagerControl Control => app.Services.GetRequiredService<PackagerControl>();

    public FakeSources Sources => (FakeSources)app.Services.GetRequiredService<IMediaSourceFactory>();

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static Task<OriginFixture> StartAsync(params (string Name, string Value)[] settings) => StartAsync(_ => { }, settings);

    public static async Task<OriginFixture> StartAsync(Action<IServiceCollection> configure, params (string Name, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("hls").FullName;
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Packager:DataDirectory"] = folder;
        builder.Configuration["Objects:Folder"] = System.IO.Path.Combine(folder, "objects");
        builder.Configuration["Packager:LayerWait"] = "00:00:00";
        builder.Configuration["Packager:TakeOverWait"] = "00:00:00";
        foreach (var (name, value) in settings) builder.Configuration["Packager:" + name] = value;
        builder.Services.AddSingleton<IMediaSourceFactory, FakeSources>();
        configure(builder.Services);
        builder.AddHlsPackager();
        var app = builder.Build();
        app.MapHlsPackager();
        await app.StartAsync();
        return new OriginFixture(app, folder);
    }

    public async Task<FakeSource> GoLiveAsync(PlaylistType type = PlaylistType.Live, string path = Path, string id = "one", uint firstSegment = 0, bool record = false,
        Action<StartStreamRequest>? configure = null)
    {
        var ids = path.Split('/');
        var request = new StartStreamRequest { StreamId = id, CustomerId = ids[0], RoomId = ids[1], Path = path, PlaylistType = type, StaticUrl = true, FirstSegment = firstSegment, Record = record };
        configure?.Invoke(request);
        await Control.StartStreamAsync(request, default);
        return Sources.All[^1];
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Makes sources that a test feeds.</summary>
internal sealed class FakeSources : IMediaSourceFactory
{
    public List<FakeSource> All { get; } = [];

    public IMediaSource Create(StartStreamRequest request)
    {
        All.Add(new FakeSource());
        return All[^1];
    }
}

/// <summary>Thirty pictures a second with a key frame every two seconds, and sound.</summary>
internal sealed class FakeSource : IMediaSource
{
    private readonly Channel<MediaSample> channel = Channel.CreateUnbounded<MediaSample>();
    private int picture;
    private long sound;

    public DateTimeOffset Epoch => Virtual.Epoch;

    public long LastPacketAt { get; set; }

    public ChannelReader<MediaSample> Samples => channel.Reader;

    public bool IsDisposed { get; private set; }

    public int KeyFrameRequests { get; private set; }

    public ValueTask<bool> WaitForSamplesAsync(CancellationToken cancellationToken) => channel.Reader.WaitToReadAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RequestKeyFrameAsync(CancellationToken cancellationToken)
    {
        KeyFrameRequests++;
        return Task.CompletedTask;
    }

    public void Send(MediaSample sample) => channel.Writer.TryWrite(sample);

    public void Break(Exception exception) => channel.Writer.Complete(exception);

    /// <summary>Sends the media up to that many seconds.</summary>
    public void SendUpTo(double seconds, bool withSound = true)
    {
        if (picture == 0) Send(new LayersChanged("track", [""]));
        for (; picture < seconds * 30; picture++)
        {
            Send(new VideoSample("track", "", Virtual.Picture(picture / 30.0, picture % 60 == 0)));
            for (; withSound && sound * 1024 < (picture + 1) * 1600; sound++) Send(new AudioSample(Virtual.Stereo, Virtual.Sound(sound)));
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        channel.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Publish;
using LiveStream.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Tests.Publish;

/// <summary>A player came to a packager that does not have the stream.</summary>
public sealed class OtherPackagersTests : IPackagerNodes, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestClock clock = new();
    private readonly PackagerOptions options = new() { TakeOverWait = TimeSpan.Zero };
    private readonly OtherPackagers others;
    private Func<Task<PackagerLocation>> answer = () => throw new InvalidOperationException();
    private int asked;

    public OtherPackagersTests() => others = new OtherPackagers(this, Options.Create(options), clock);

    public void Dispose() => others.Dispose();

    [Fact]
    public async Task StreamThatWasLostAndIsOver_IsNotWaitedFor()
    {
        answer = () => throw new ControlException(ControlError.Unavailable, "it goes on soon");
        Assert.False(await AskAsync());
        await StopAsync();
    }

    [Fact]
    public async Task StreamOfAPackagerThatIsGone_IsNotLookedForThere()
    {
        // Nobody listens there.
        answer = () => Task.FromResult(new PackagerLocation { HttpAddress = "http://127.0.0.1:9" });
        Assert.False(await AskAsync());
        await StopAsync();
    }

    [Fact]
    public async Task ManyPlayersOfALostStream_AskOnce()
    {
        var gate = new TaskCompletionSource<PackagerLocation>(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = () => gate.Task;
        var players = Enumerable.Range(0, 50).Select(_ => AskAsync()).ToArray();
        gate.SetException(new ControlException(ControlError.NotFound, "no such stream"));
        Assert.All(await Task.WhenAll(players).WaitAsync(Patience), Assert.False);
        Assert.Equal(1, asked);
    }

    Task<PackagerAnnounced> IPackagerNodes.AnnounceAsync(PackagerAnnouncement request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    Task<PackagerLocation> IPackagerNodes.LocateAsync(LocateStreamRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref asked);
        return answer();
    }

    private Task<bool> AskAsync() => others.TryAnswerAsync(new DefaultHttpContext { Request = { Method = "GET", Path = "/hls/x" } }, "room");

    // It is told that there is no such stream, and must not wait, for the clock stands still.
    private async Task StopAsync()
    {
        clock.Advance(TimeSpan.FromSeconds(2));
        options.TakeOverWait = TimeSpan.FromSeconds(8);
        answer = () => throw new ControlException(ControlError.NotFound, "no such stream");
        Assert.False(await AskAsync().WaitAsync(Patience));
    }
}

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Publish;
using LiveStream.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.HlsPackager.Tests.Publish;

/// <summary>The room's URL where there are several packagers.</summary>
public sealed class StaticUrlTests : IPackagerNodes
{
    private const string Url = $"/hls/{OriginFixture.Customer}/{OriginFixture.Room}/master.m3u8";
    private const string NextRun = $"{OriginFixture.Customer}/{OriginFixture.Room}/20260102/1767330000000";

    // Of the packager that has the room's stream; null where there is none.
    private string? address;

    [Fact]
    public async Task AShowThatHasEndedHere_GivesWayToTheNextOneElsewhere()
    {
        await using var here = await OriginFixture.StartAsync(services => services.AddSingleton<IPackagerNodes>(this).AddSingleton<OtherPackagers>());
        await using var there = await OriginFixture.StartAsync();
        (await here.GoLiveAsync()).SendUpTo(3);
        Assert.Contains("1767323045000/", await here.Client.GetStringAsync(Url), StringComparison.Ordinal);
        await here.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);
        (await there.GoLiveAsync(path: NextRun, id: "two")).SendUpTo(3);
        await there.Client.GetStringAsync(Url);

        // As long as nothing follows, the show that has ended is what the room shows.
        Assert.Contains("1767323045000/", await here.Client.GetStringAsync(Url), StringComparison.Ordinal);
        address = there.Client.BaseAddress!.ToString();
        // What rooms said is known for a second.
        await Eventually.HoldsAsync(async () => (await here.Client.GetStringAsync(Url)).Contains("1767330000000/", StringComparison.Ordinal));
    }

    Task<PackagerAnnounced> IPackagerNodes.AnnounceAsync(PackagerAnnouncement request, CancellationToken cancellationToken) => throw new InvalidOperationException();

    Task<PackagerLocation> IPackagerNodes.LocateAsync(LocateStreamRequest request, CancellationToken cancellationToken) => address is { } found
        ? Task.FromResult(new PackagerLocation { HttpAddress = found })
        : throw new ControlException(ControlError.NotFound, "the room has no stream");
}

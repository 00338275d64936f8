using System.Runtime.CompilerServices;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Rpc.Contracts;
using LiveStream.Rpc.Tests.Calls;
using LiveStream.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rpc.Tests.Contracts;

/// <summary>Contracts keep their promises across processes.</summary>
public sealed class ContractTests
{
    public static TheoryData<Type> Contracts => [.. KnownContracts.All];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Contract_IsItsProto(Type contract)
    {
        var service = KnownContracts.ServiceOf(contract);
        Assert.Equal("I" + service.Name, contract.Name);
        Assert.Equal(service.Methods.Select(m => m.Name + "Async"), ContractMethods.Of(contract, service).Select(m => m.Code.Name));
    }

    [Fact]
    public void Contracts_AllInterfacesOfTheAssembly_AreKnown() => Assert.Equal(
        typeof(IPackagerControl).Assembly.GetTypes().Where(type => type.IsInterface && type.IsPublic).Select(type => type.Name).Order(StringComparer.Ordinal),
        KnownContracts.All.Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Call_ThroughAnotherProcess_GivesTheSame()
    {
        await using var host = await StartAsync();
        using var channel = host.Channel();
        var packager = ContractClient.Create<IPackagerControl>(KnownContracts.ServiceOf(typeof(IPackagerControl)), channel);
        Assert.NotNull(await packager.StartStreamAsync(new StartStreamRequest { StreamId = "s1" }, default));
        var seen = new List<StreamState>();
        await foreach (var change in packager.WatchStreamsAsync(new WatchStreamsRequest(), default)) seen.Add(change.State);
        Assert.Equal([StreamState.Starting, StreamState.Running], seen);
    }

    [Theory]
    [InlineData(ControlError.NotFound)]
    [InlineData(ControlError.AlreadyExists)]
    [InlineData(ControlError.FailedPrecondition)]
    [InlineData(ControlError.InvalidArgument)]
    [InlineData(ControlError.PermissionDenied)]
    [InlineData(ControlError.ResourceExhausted)]
    [InlineData(ControlError.Unauthenticated)]
    [InlineData(ControlError.Aborted)]
    [InlineData(ControlError.Unavailable)]
    [InlineData(ControlError.Internal)]
    public async Task Call_ThatFails_FailsTheSameWay(ControlError error)
    {
        await using var host = await StartAsync();
        using var channel = host.Channel();
        var packager = ContractClient.Create<IPackagerControl>(KnownContracts.ServiceOf(typeof(IPackagerControl)), channel);
        var failure = await Assert.ThrowsAsync<ControlException>(
            () => packager.StopStreamAsync(new StopStreamRequest { StreamId = ((int)error).ToString(System.Globalization.CultureInfo.InvariantCulture), Reason = "grün" }, default));
        Assert.Equal((error, "grün"), (failure.Error, failure.Message));
    }

    [Fact]
    public async Task Call_ToNobody_IsUnavailable()
    {
        using var channel = EchoHost.ChannelTo(new Uri($"http://127.0.0.1:{FreePort.Take()}"), change: options => options.Attempts = 1);
        var packager = ContractClient.Create<IPackagerControl>(KnownContracts.ServiceOf(typeof(IPackagerControl)), channel);
        var failure = await Assert.ThrowsAsync<ControlException>(() => packager.StartStreamAsync(new StartStreamRequest(), default));
        Assert.Equal(ControlError.Unavailable, failure.Error);
        failure = await Assert.ThrowsAsync<ControlException>(async () =>
        {
            await foreach (var _ in packager.WatchStreamsAsync(new WatchStreamsRequest(), default)) Assert.Fail("nobody is there");
        });
        Assert.Equal(ControlError.Unavailable, failure.Error);
    }

    [Fact]
    public async Task Call_Cancelled_IsCancelledAndNoControlException()
    {
        await using var host = await StartAsync();
        using var channel = host.Channel();
        var packager = ContractClient.Create<IPackagerControl>(KnownContracts.ServiceOf(typeof(IPackagerControl)), channel);
        using var leave = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => packager.SetRecordingPausedAsync(new SetRecordingPausedRequest(), leave.Token));
    }

    private static Task<EchoHost> StartAsync() => EchoHost.StartAsync(
        builder => builder.Services.AddSingleton<IPackagerControl, Packager>(), app => app.MapRpc<IPackagerControl>());

    private sealed class Packager : IPackagerControl
    {
        public Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken) =>
            request.StreamId == "s1" ? Task.FromResult(new StartStreamReply()) : throw new ControlException(ControlError.InvalidArgument, "stream");

        public Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken) =>
            throw new ControlException((ControlError)int.Parse(request.StreamId, System.Globalization.CultureInfo.InvariantCulture), request.Reason);

        public Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(new InsertTimedMetadataReply());

        public async Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new SetRecordingPausedReply();
        }

        public async IAsyncEnumerable<StreamChanged> WatchStreamsAsync(WatchStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new StreamChanged { State = StreamState.Starting };
            await Task.Yield();
            yield return new StreamChanged { State = StreamState.Running };
        }
    }
}

using LiveStream.Rpc.Contracts;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rpc.Client;

/// <summary>A channel to each service that this process calls, shared by all contracts that the service serves.</summary>
internal sealed class PeerChannels(IOptions<RpcOptions> options, IOptions<PeerOptions> peers, TimeProvider time, ILogger<PeerChannels> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Peer, RpcChannel> _channels = [];

    public TContract ClientOf<TContract>()
        where TContract : class =>
        ContractClient.Create<TContract>(KnownContracts.ServiceOf(typeof(TContract)), ChannelTo(KnownContracts.OwnerOf(typeof(TContract))));

    public void Dispose()
    {
        foreach (var channel in _channels.Values) channel.Dispose();
    }

    private RpcChannel ChannelTo(Peer peer)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(peer, out var channel))
                _channels[peer] = channel = new RpcChannel(peer.ToString(), new Uri(peers.Value.Of(peer)), options.Value, time, logger);
            return channel;
        }
    }
}

using LiveStream.Rpc.Contracts;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rpc.Client;

/// <summary>A channel to each address that this process calls, shared by all contracts that are served there.</summary>
internal sealed class PeerChannels(IOptions<RpcOptions> options, IOptions<PeerOptions> peers, TimeProvider time, ILogger<PeerChannels> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, RpcChannel> _channels = [];

    /// <summary>Calls whoever serves the contract, at the address of the settings.</summary>
    public TContract ClientOf<TContract>()
        where TContract : class
    {
        var owner = KnownContracts.OwnerOf(typeof(TContract));
        return ClientAt<TContract>(owner.ToString(), new Uri(peers.Value.Of(owner)));
    }

    /// <summary>Calls one of several that serve the contract.</summary>
    public TContract ClientAt<TContract>(string name, Uri address)
        where TContract : class =>
        ContractClient.Create<TContract>(KnownContracts.ServiceOf(typeof(TContract)), ChannelTo(name, address));

    public void Dispose()
    {
        foreach (var channel in _channels.Values) channel.Dispose();
    }

    private RpcChannel ChannelTo(string name, Uri address)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(address, out var channel))
                _channels[address] = channel = new RpcChannel(name, address, options.Value, time, logger);
            return channel;
        }
    }
}

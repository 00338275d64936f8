using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Transports;

/// <summary>The transports of one worker: by number, by ICE user fragment, and by proven address. Worker thread only.</summary>
internal sealed class TransportTable
{
    private readonly Dictionary<SocketAddressValue, MediaTransport> _byAddress = [];
    private readonly Dictionary<ulong, MediaTransport> _byFragment = [];
    private readonly Dictionary<ulong, MediaTransport> _byKey = [];
    private readonly Dictionary<string, MediaTransport> _byId = new(StringComparer.Ordinal);
    private readonly List<MediaTransport> _all = [], _publishing = [];

    /// <summary>All of them; invalid after the next one is added or removed.</summary>
    public ReadOnlySpan<MediaTransport> All => CollectionsMarshal.AsSpan(_all);

    /// <summary>Those that may publish; invalid as <see cref="All"/> is.</summary>
    public ReadOnlySpan<MediaTransport> Publishing => CollectionsMarshal.AsSpan(_publishing);

    public int Count => _all.Count;

    public bool TryGet(in SocketAddressValue address, [NotNullWhen(true)] out MediaTransport? transport) => _byAddress.TryGetValue(address, out transport);

    public bool TryGetByFragment(ulong fragmentKey, [NotNullWhen(true)] out MediaTransport? transport) => _byFragment.TryGetValue(fragmentKey, out transport);

    public bool TryGetByKey(ulong key, [NotNullWhen(true)] out MediaTransport? transport) => _byKey.TryGetValue(key, out transport);

    public bool TryGetById(string id, [NotNullWhen(true)] out MediaTransport? transport) => _byId.TryGetValue(id, out transport);

    public void Add(MediaTransport transport)
    {
        _all.Add(transport);
        if (transport.Ingress is not null) _publishing.Add(transport);
        _byKey.Add(transport.Key, transport);
        _byId.Add(transport.Id, transport);
        _byFragment.Add(transport.Ice.Local.Key, transport);
    }

    /// <summary>Notes a further user fragment of a transport (ICE restart), and forgets those that it no longer answers to.</summary>
    public void AddFragment(MediaTransport transport)
    {
        foreach (var (fragment, owner) in _byFragment)
            if (owner == transport && !transport.Ice.Owns(fragment)) _byFragment.Remove(fragment);
        _byFragment[transport.Ice.Local.Key] = transport;
    }

    /// <summary>Notes a proven address; the newest proof wins, as after a NAT gave the address to another client.</summary>
    public void Add(in SocketAddressValue address, MediaTransport transport)
    {
        if (!_byAddress.TryGetValue(address, out var present)) _byAddress.Add(address, transport);
        else if (present != transport)
        {
            present.Ice.Forget(address);
            _byAddress[address] = transport;
        }
    }

    public void Remove(in SocketAddressValue address) => _byAddress.Remove(address);

    public void Remove(MediaTransport transport)
    {
        _all.Remove(transport);
        _publishing.Remove(transport);
        _byKey.Remove(transport.Key);
        _byId.Remove(transport.Id);
        foreach (var address in transport.Ice.Validated)
            if (_byAddress.TryGetValue(address, out var owner) && owner == transport) _byAddress.Remove(address);
        foreach (var (fragment, owner) in _byFragment)
            if (owner == transport) _byFragment.Remove(fragment);
    }
}

using System.Net;
using System.Net.Sockets;

using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Delivery;

/// <summary>
/// Which addresses a receiver may have. Asked with the address that is about to be connected to, so that a name that
/// resolves to something else the second time gains nothing. Everything that is not plainly public is closed, unless
/// <c>Webhooks:AllowedNetworks</c> opens it.
/// </summary>
internal sealed class AddressGuard(IOptions<WebhooksOptions> options)
{
    // IANA's special-purpose registries, multicast, and addresses of machines that serve metadata.
    private static readonly IPNetwork[] s_closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
            "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
            "240.0.0.0/4", "168.63.129.16/32",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // Of IPv6 only global unicast is open, without these parts.
    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] s_closed6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48" }.Select(network => IPNetwork.Parse(network))];

    // The last 32 bits are an IPv4 address that a gateway connects to.
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");

    private readonly IPNetwork[] _allowed = [.. options.Value.AllowedNetworks.Select(network => IPNetwork.Parse(network))];

    /// <summary>Whether it may be connected to.</summary>
    public bool IsOpen(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _allowed)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) return true;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork) return !Contains(s_closed, address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0) return false;
        if (s_nat64.Contains(address)) return IsOpen(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        return s_globalUnicast.Contains(address) && !Contains(s_closed6, address);
    }

    /// <summary>
    /// Connects to the first open address of the host. Fails with <see cref="AddressClosedException"/> where it has none, and
    /// as sockets do.
    /// </summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        IPAddress[] found = IPAddress.TryParse(endPoint.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(endPoint.Host, cancellationToken);
        IPAddress[] open = [.. found.Where(IsOpen)];
        if (open.Length == 0) throw new AddressClosedException();
        Exception? last = null;
        foreach (var address in open)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, endPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
                if (e is OperationCanceledException) throw;
                last = e;
            }
        }

        throw last!;
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }
}

/// <summary>A receiver has no address that may be connected to.</summary>
internal sealed class AddressClosedException() : IOException("address not allowed");

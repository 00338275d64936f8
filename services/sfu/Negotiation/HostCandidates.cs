using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LiveStream.Sfu.Negotiation;

/// <summary>The node's candidate lines (RFC 8839 §5.1, RFC 6544 §4.5): each address by UDP and by passive TCP.</summary>
internal static class HostCandidates
{
    private const int HostPreference = 126, TcpPreference = 90, RtpComponent = 1;

    /// <summary>Values of <c>a=candidate</c>: the bound address (or all of the machine's), then configured public ones.</summary>
    public static IReadOnlyList<string> List(IPAddress bound, IEnumerable<IPAddress> publicAddresses, int port)
    {
        var addresses = publicAddresses.Concat(IsAny(bound) ? MachineAddresses(bound.AddressFamily) : [bound]).Distinct().ToArray();
        var lines = new List<string>();
        for (var i = 0; i < addresses.Length; i++)
        {
            lines.Add(Line(i, "udp", HostPreference, addresses[i], port, ""));
            lines.Add(Line(i + addresses.Length, "tcp", TcpPreference, addresses[i], port, " tcptype passive"));
        }

        return lines;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IEnumerable<IPAddress> MachineAddresses(AddressFamily bound)
    {
        var all = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up || network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || (bound == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal));
        // Loopback last: it serves only browsers on this machine.
        return all.OrderBy(IPAddress.IsLoopback);
    }

    private static string Line(int index, string transport, int typePreference, IPAddress address, int port, string suffix)
    {
        var priority = ((uint)typePreference << 24) | ((uint)(65535 - index) << 8) | (256 - RtpComponent);
        return string.Create(CultureInfo.InvariantCulture, $"{index + 1} {RtpComponent} {transport} {priority} {address} {port} typ host{suffix}");
    }
}

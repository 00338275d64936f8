using System.Globalization;
using System.Net;
using System.Net.Sockets;

using LiveStream.Hosting;

using Microsoft.Extensions.Configuration.Memory;

namespace LiveStream.AllInOne;

/// <summary>What the command line says; null where it says nothing.</summary>
internal sealed record EmbeddedSettings(int? Port, int? MediaPort, string? Data, string? Host, string? PublicUrl, string? Config)
{
    private const string DefaultData = "data";
    private const string StreamsFolder = "hls";
    private const string RecordingsFolder = "recordings";

    /// <summary>The same as settings, for the host: the command line wins over the settings file and the environment.</summary>
    public string[] ToArguments()
    {
        var address = string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback.ToString() : Host;
        (string Key, string? Value)[] given =
        [
            ("config", Config),
            ("Http:Port", Port?.ToString(CultureInfo.InvariantCulture)),
            ("Http:Address", address),
            ("Sfu:Address", address),
            ("Sfu:Port", MediaPort?.ToString(CultureInfo.InvariantCulture)),
            ("Rooms:DataDirectory", Data),
            ("Rooms:PublicUrl", PublicUrl),
            ("Packager:DataDirectory", Data is null ? null : Path.Combine(Data, StreamsFolder)),
            ("Objects:Folder", Data is null ? null : Path.Combine(Data, RecordingsFolder)),
        ];
        return [.. given.Where(pair => pair.Value is not null).Select(pair => $"--{pair.Key}={pair.Value}")];
    }

    /// <summary>
    /// Defaults that follow from other settings: one data folder for all modules, the public URL from address and port.
    /// They are the lowest layer, so every other source of settings wins over them.
    /// </summary>
    public static void AddDerivedDefaults(ConfigurationManager configuration)
    {
        var defaults = new HttpOptions();
        var address = configuration["Http:Address"] ?? defaults.Address;
        var port = configuration["Http:Port"] ?? defaults.Port.ToString(CultureInfo.InvariantCulture);
        var derived = new Dictionary<string, string?>
        {
            ["Rooms:DataDirectory"] = DefaultData,
            ["Packager:DataDirectory"] = Path.Combine(configuration["Rooms:DataDirectory"] ?? DefaultData, StreamsFolder),
            ["Objects:Folder"] = Path.Combine(configuration["Rooms:DataDirectory"] ?? DefaultData, RecordingsFolder),
            // One database and one folder, unless somebody says otherwise.
            ["Webhooks:DataDirectory"] = configuration["Rooms:DataDirectory"] ?? DefaultData,
            ["Webhooks:Database:Provider"] = configuration["Rooms:Database:Provider"] ?? "Sqlite",
            ["Webhooks:Database:ConnectionString"] = configuration["Rooms:Database:ConnectionString"] ?? "",
            ["Rooms:PublicUrl"] = $"http://{HostNameOf(address)}:{port}",
            // Unless somebody says where browsers reach the server, they find it where they asked.
            ["Signalling:PublicUrl"] = configuration["Rooms:PublicUrl"] ?? "",
        };
        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = derived });
    }

    // Loopback and every-address listeners are reached as localhost, which browsers treat as a secure origin.
    private static string HostNameOf(string address)
    {
        if (!IPAddress.TryParse(address, out var ip) || IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)) return "localhost";
        return ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString();
    }
}

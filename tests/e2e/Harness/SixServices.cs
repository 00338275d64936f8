using System.Collections.Concurrent;
using System.Security.Cryptography;

using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// The product as six processes on free ports of loopback, as <c>deploy</c> has it: gRPC between them, a database of its own on a
/// real PostgreSQL, a prefix of its own on a real RabbitMQ, nginx with the deployed configuration in front.
/// </summary>
internal sealed class SixServices : IAsyncDisposable
{
    private const string SecondNode = "sfu-2", SecondPackager = "hls-packager-2", SecondSignalling = "signalling-2";

    private static readonly (string Name, string Service, string Assembly, string Peer)[] s_services =
    [
        ("webhooks", "webhooks", "LiveStream.Webhooks.dll", "Webhooks"),
        ("sfu", "sfu", "LiveStream.Sfu.dll", "Sfu"),
        ("rooms", "rooms", "LiveStream.Rooms.dll", "Rooms"),
        ("signalling", "signalling", "LiveStream.Signalling.dll", "Signalling"),
        ("hls-packager", "hls-packager", "LiveStream.HlsPackager.dll", "Packager"),
        ("recording", "recording", "LiveStream.Recording.dll", ""),
    ];

    // One of each for the whole run; their shells end them with this process.
    private static readonly Lazy<Task<PostgresServer>> s_postgres = new(() => PostgresServer.StartAsync(durable: false, CancellationToken.None));

    private static readonly Lazy<Task<RabbitServer>> s_broker = new(() => RabbitServer.StartAsync(CancellationToken.None));

    private readonly NginxProxy _proxy;

    private SixServices(NginxProxy proxy, IReadOnlyList<ProductProgram> programs, int mediaPort, Uri rooms, string token, string database) =>
        (_proxy, Programs, MediaPort, RoomsControl, Token, Database) = (proxy, programs, mediaPort, rooms, token, database);

    /// <summary>In the order of their start.</summary>
    public IReadOnlyList<ProductProgram> Programs { get; }

    public Uri Address => _proxy.Address;

    public int MediaPort { get; }

    /// <summary>Where rooms is called by the others.</summary>
    public Uri RoomsControl { get; }

    /// <summary>With what.</summary>
    public string Token { get; }

    /// <summary>Name of the database.</summary>
    public string Database { get; }

    /// <summary>Prepares everything; the programs are not started yet.</summary>
    public static async Task<SixServices> PrepareAsync(
        string data, Form form, (string Name, string Value)[] settings, ConcurrentQueue<string> log, Surroundings? surroundings = null)
    {
        if (surroundings is null)
        {
            await Task.WhenAll(s_postgres.Value, s_broker.Value);
            surroundings = new Surroundings(await s_postgres.Value, await s_broker.Value);
        }

        var (postgres, broker) = (surroundings.Postgres, surroundings.Broker);
        var id = Guid.NewGuid().ToString("n");
        var database = await postgres.CreateDatabaseAsync($"e2e_{id}", CancellationToken.None);
        var services = form switch
        {
            Form.TwoNodes => [.. s_services, (SecondNode, "sfu", "LiveStream.Sfu.dll", "")],
            Form.TwoSignalling => [.. s_services, (SecondSignalling, "signalling", "LiveStream.Signalling.dll", "")],
            _ => s_services,
        };
        if (surroundings.TwoPackagers) services = [.. services, (SecondPackager, "hls-packager", "LiveStream.HlsPackager.dll", "")];
        var ports = services.ToDictionary(s => s.Name, _ => (Http: FreePort.Take(), Rpc: FreePort.Take()));
        var (port, mediaPort) = (FreePort.Take(), FreePort.Take());
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var common = new List<(string Name, string Value)>
        {
            ("Rpc__Token", token),
            ("Rooms__PublicUrl", $"http://localhost:{port}"),
            ("Rooms__DataDirectory", data),
            ("Rooms__Database__Provider", "Postgres"),
            ("Rooms__Database__ConnectionString", database),
            ("Rooms__OrphanGrace", "00:00:05"),
            ("WebClient__Directory", Repository.Path("web/dist")),
            ("Webhooks__DataDirectory", data),
            ("Webhooks__Database__Provider", "Postgres"),
            ("Webhooks__Database__ConnectionString", database),
            ("Packager__DataDirectory", Path.Combine(data, "hls")),
            ("Objects__Folder", Path.Combine(data, "recordings")),
            ("Sfu__Port", $"{mediaPort}"),
            ("Bus__Transport", "RabbitMq"),
            ("Bus__Host", "127.0.0.1"),
            ("Bus__Port", $"{broker.Port}"),
            ("Bus__Prefix", $"e2e-{id[..12]}"),
            ("Bus__Subscribers__0", "webhooks"),
            ("Bus__Subscribers__1", "recording"),
        };
        // Without the address of one SFU, nodes announce themselves; packagers and signalling nodes likewise.
        string[] announced =
        [
            .. form is Form.TwoNodes or Form.TwoSignalling ? ["Sfu"] : Array.Empty<string>(), .. form == Form.TwoSignalling ? ["Signalling"] : Array.Empty<string>(),
            .. surroundings.TwoPackagers ? ["Packager"] : Array.Empty<string>(),
        ];
        common.AddRange(services.Where(s => s.Peer.Length > 0 && !announced.Contains(s.Peer)).Select(s => ($"Peers__{s.Peer}", $"http://127.0.0.1:{ports[s.Name].Rpc}")));
        common.AddRange(settings);
        ProductProgram[] programs =
        [
            .. services.Select(s => new ProductProgram(
                s.Name, s.Service, s.Assembly, [], [.. common, .. OwnSettings(s.Name, ports[s.Name], announced), .. surroundings.Own(s.Name, name => ports[name].Rpc)],
                new Uri($"http://127.0.0.1:{ports[s.Name].Http}"), data, log)),
        ];
        return new SixServices(
            await NginxProxy.StartAsync(port, name => services.Where(s => s.Service == name).Select(s => (s.Name, ports[s.Name].Http))), programs, mediaPort, new Uri($"http://127.0.0.1:{ports["rooms"].Rpc}"), token, $"e2e_{id}");
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private static IEnumerable<(string Name, string Value)> OwnSettings(string name, (int Http, int Rpc) ports, string[] announced)
    {
        yield return ("Http__Port", $"{ports.Http}");
        yield return ("Rpc__Port", $"{ports.Rpc}");
        if (announced.Contains("Sfu") && name is "sfu" or SecondNode) yield return ("Sfu__ControlAddress", $"http://127.0.0.1:{ports.Rpc}");
        if (announced.Contains("Signalling") && name is "signalling" or SecondSignalling)
        {
            yield return ("Signalling__NodeId", name);
            yield return ("Signalling__ControlAddress", $"http://127.0.0.1:{ports.Rpc}");
            yield return ("Signalling__HttpAddress", $"http://127.0.0.1:{ports.Http}");
        }

        if (announced.Contains("Packager") && name is "hls-packager" or SecondPackager)
        {
            yield return ("Packager__NodeId", name);
            yield return ("Packager__ControlAddress", $"http://127.0.0.1:{ports.Rpc}");
            yield return ("Packager__HttpAddress", $"http://127.0.0.1:{ports.Http}");
        }

        if (name != SecondNode) yield break;
        yield return ("Sfu__NodeId", SecondNode);
        yield return ("Sfu__Port", $"{FreePort.Take()}");
    }
}

/// <summary>What the services stand on, where a scenario has its own.</summary>
internal sealed record Surroundings(PostgresServer Postgres, RabbitServer Broker)
{
    /// <summary>A second packager: both announce themselves, and streams are placed.</summary>
    public bool TwoPackagers { get; init; }

    /// <summary>Further settings of one service, by its name and the gRPC ports of all.</summary>
    public Func<string, Func<string, int>, IEnumerable<(string Name, string Value)>> Own { get; init; } = (_, _) => [];
}

using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>A bucket on a real S3 server.</summary>
internal sealed class Bucket : IAsyncDisposable
{
    private readonly S3Server _server;

    private Bucket(S3Server server, string name) => (_server, Name) = (server, name);

    public string Name { get; }

    /// <summary>Settings of a product that keeps its recordings there, and may tell receivers on this machine of them.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("Webhooks__AllowedNetworks__0", "127.0.0.0/8"), ("Objects__Store", "S3"), ("Objects__S3__Endpoint", _server.Endpoint.ToString().TrimEnd('/')),
        ("Objects__S3__Bucket", Name), ("Objects__S3__AccessKey", S3Server.AccessKey), ("Objects__S3__SecretKey", S3Server.SecretKey),
        ("Objects__S3__PlainBodies", "true"),
    ];

    public static async Task<Bucket> StartAsync(string name)
    {
        var server = await S3Server.StartAsync(CancellationToken.None);
        await server.CreateBucketAsync(name, CancellationToken.None);
        return new Bucket(server, name);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

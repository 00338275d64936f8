using System.Security.Cryptography;
using LiveStream.Sfu.Dtls;

namespace LiveStream.Sfu.Tests.Dtls;

/// <summary>A client and a server joined by two queues of datagrams that a test can look into and tamper with.</summary>
internal sealed class DtlsPair : IDisposable
{
    public static readonly DtlsIdentity ServerIdentity = DtlsIdentity.Create();
    public static readonly DtlsIdentity ClientIdentity = DtlsIdentity.Create();

    /// <summary>For tests that lose datagrams. Not shorter: OpenSSL takes what is less than 15 ms away as due.</summary>
    public static readonly DtlsSettings ShortTimers = new()
    {
        InitialTimeout = TimeSpan.FromMilliseconds(20),
        MaximumTimeout = TimeSpan.FromMilliseconds(30),
    };

    private readonly Link _toServer = new(), _toClient = new();

    public DtlsPair(
        DtlsSettings? serverSettings = null,
        DtlsSettings? clientSettings = null,
        DtlsFingerprint? expectedByServer = null,
        DtlsFingerprint? expectedByClient = null)
    {
        Server = new DtlsEndpoint(
            ServerIdentity, DtlsRole.Server, expectedByServer ?? Sha256Of(ClientIdentity), _toClient, serverSettings);
        Client = new DtlsEndpoint(
            ClientIdentity, DtlsRole.Client, expectedByClient ?? Sha256Of(ServerIdentity), _toServer, clientSettings);
    }

    public DtlsEndpoint Server { get; }

    public DtlsEndpoint Client { get; }

    public Queue<byte[]> ToServer => _toServer.Datagrams;

    public Queue<byte[]> ToClient => _toClient.Datagrams;

    public static DtlsFingerprint Sha256Of(DtlsIdentity identity) => new(HashAlgorithmName.SHA256, identity.Sha256Fingerprint);

    /// <summary>Carries datagrams both ways until nothing moves; <paramref name="pass"/> says which arrive.</summary>
    public void Exchange(Func<byte[], bool>? pass = null)
    {
        while (ToServer.Count + ToClient.Count > 0)
        {
            while (ToServer.TryDequeue(out var datagram))
            {
                if (pass?.Invoke(datagram) != false) Server.Receive(datagram);
            }

            while (ToClient.TryDequeue(out var datagram))
            {
                if (pass?.Invoke(datagram) != false) Client.Receive(datagram);
            }
        }
    }

    /// <summary>Starts and carries datagrams until both are connected or <paramref name="rounds"/> of timeouts are over.</summary>
    public void Handshake(Func<byte[], bool>? pass = null, int rounds = 10)
    {
        Client.Start();
        Exchange(pass);
        for (var round = 0; round < rounds && (Client.State, Server.State) != (DtlsState.Connected, DtlsState.Connected); round++)
        {
            ExpireTimers();
            Exchange(pass);
        }
    }

    /// <summary>Lets the timers of both sides run out.</summary>
    public void ExpireTimers()
    {
        foreach (var endpoint in new[] { Client, Server })
        {
            if (endpoint.TimeToNextTimeout() is null) continue;
            // OpenSSL reads the clock itself, so there is nothing else to wait for.
            SpinWait.SpinUntil(() => endpoint.TimeToNextTimeout() is not { } left || left <= TimeSpan.Zero);
            endpoint.HandleTimeout();
        }
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
    }

    private sealed class Link : IDtlsOutput
    {
        public Queue<byte[]> Datagrams { get; } = [];

        public void SendDtls(ReadOnlySpan<byte> datagram) => Datagrams.Enqueue(datagram.ToArray());
    }
}

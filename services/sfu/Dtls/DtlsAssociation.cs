using System.Diagnostics;

namespace LiveStream.Sfu.Dtls;

/// <summary>An endpoint with its key in a <see cref="DtlsLoop"/>. Belongs to the loop's thread, but for <see cref="Waiting"/>.</summary>
internal sealed class DtlsAssociation(ulong key, DtlsRole role, DtlsFingerprint expected, IDtlsListener listener) : IDtlsOutput
{
    private readonly long _since = Stopwatch.GetTimestamp();

    public ulong Key { get; } = key;

    /// <summary>Datagrams in the queue; under the loop's gate.</summary>
    public int Waiting { get; set; }

    /// <summary>Null before the attach has been worked off and after the end.</summary>
    public DtlsEndpoint? Endpoint { get; private set; }

    /// <summary>Whether the listener has the keys.</summary>
    public bool IsConnected { get; set; }

    public TimeSpan Age => Stopwatch.GetElapsedTime(_since);

    public void Open(DtlsIdentity identity, DtlsSettings settings)
    {
        Endpoint = new DtlsEndpoint(identity, role, expected, this, settings);
        Endpoint.Start();
    }

    public void Close()
    {
        Endpoint?.Close();
        Endpoint?.Dispose();
        Endpoint = null;
    }

    public void SendDtls(ReadOnlySpan<byte> datagram) => listener.OnDtlsOutput(Key, datagram);
}

using System.Diagnostics;
using LiveStream.Sfu.Sctp;

namespace LiveStream.Sfu.Dtls;

/// <summary>
/// An endpoint with its key in a <see cref="DtlsLoop"/>, and the data channels within it once there are some. Belongs to the
/// loop's thread, but for what is under the loop's gate.
/// </summary>
internal sealed class DtlsAssociation(ulong key, DtlsRole role, DtlsFingerprint expected, IDtlsListener listener) : IDtlsOutput, IDataChannelUser
{
    private readonly long _since = Stopwatch.GetTimestamp();
    private List<string>? _wantedChannels;

    public ulong Key { get; } = key;

    /// <summary>Datagrams in the queue; under the loop's gate.</summary>
    public int Waiting { get; set; }

    /// <summary>Bytes of texts in the queue; under the loop's gate.</summary>
    public int WaitingText { get; set; }

    /// <summary>Null before the attach has been worked off and after the end.</summary>
    public DtlsEndpoint? Endpoint { get; private set; }

    /// <summary>Null until one side uses them.</summary>
    public DataChannels? Channels { get; private set; }

    /// <summary>Whether the listener has the keys.</summary>
    public bool IsConnected { get; set; }

    /// <summary>Whether the loop looks after its timers.</summary>
    public bool IsTimed { get; set; }

    public TimeSpan Age => Stopwatch.GetElapsedTime(_since);

    public void Open(DtlsIdentity identity, DtlsSettings settings)
    {
        Endpoint = new DtlsEndpoint(identity, role, expected, this, settings);
        Endpoint.Start();
    }

    /// <summary>Opens what was asked for before the handshake was done.</summary>
    public void OnConnected()
    {
        IsConnected = true;
        foreach (var label in _wantedChannels ?? []) OpenChannel(label);
        _wantedChannels = null;
    }

    /// <summary>Opens a data channel from this side, as soon as can be.</summary>
    public void OpenChannel(string label)
    {
        if (Endpoint is null) return;
        if (IsConnected) Use().Open(label, Age);
        else if ((_wantedChannels ??= []).Count < DataChannels.MaximumChannels) _wantedChannels.Add(label);
    }

    /// <summary>False if there is no such channel, or no room.</summary>
    public bool SendText(string label, ReadOnlySpan<byte> text) => Channels?.SendText(label, text, Age) == true;

    public void Close()
    {
        Channels = null;
        Endpoint?.Close();
        Endpoint?.Dispose();
        Endpoint = null;
    }

    public void SendDtls(ReadOnlySpan<byte> datagram) => listener.OnDtlsOutput(Key, datagram);

    public void OnApplicationData(ReadOnlySpan<byte> data) => Use().Receive(data, Age);

    void IDataChannelUser.SendSctp(ReadOnlySpan<byte> packet) => Endpoint?.SendApplicationData(packet);

    void IDataChannelUser.OnChannelOpened(string label) => listener.OnDataChannelOpened(Key, label);

    void IDataChannelUser.OnText(string label, ReadOnlySpan<byte> text) => listener.OnDataChannelText(Key, label, text);

    void IDataChannelUser.OnChannelClosed(string label)
    {
    }

    private DataChannels Use() => Channels ??= new DataChannels(this, role == DtlsRole.Server);
}

using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Dtls;

/// <summary>
/// Hears from a <see cref="DtlsWorker"/>, on its thread: calls must be short, must not throw, and may call the worker.
/// After <see cref="OnDtlsClosed"/> a key is not heard of again.
/// </summary>
public interface IDtlsListener
{
    /// <summary>One datagram to send to the peer; valid only during the call.</summary>
    void OnDtlsOutput(ulong key, ReadOnlySpan<byte> datagram);

    /// <summary>The handshake is done and the peer's certificate checked.</summary>
    void OnDtlsConnected(ulong key, SrtpKeyingMaterial keys);

    /// <summary>The association has ended by itself or by the peer; it is detached. Not called for <see cref="DtlsWorker.Detach"/>.</summary>
    void OnDtlsClosed(ulong key, string reason);

    /// <summary>Texts may be sent on a data channel, whichever side opened it.</summary>
    void OnDataChannelOpened(ulong key, string label)
    {
    }

    /// <summary>A text of the peer: bytes that should be UTF-8, valid only during the call.</summary>
    void OnDataChannelText(ulong key, string label, ReadOnlySpan<byte> text)
    {
    }
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Dtls;

/// <summary>
/// One DTLS 1.2 association for DTLS-SRTP (RFC 5764): datagrams in, datagrams out, keys at the end. Single-threaded, does
/// no I/O and owns no timer: the caller passes datagrams and calls <see cref="HandleTimeout"/> when
/// <see cref="TimeToNextTimeout"/> says so. Datagrams that are not valid DTLS are dropped without effect (RFC 6347 §4.1.2.7).
/// </summary>
public sealed unsafe class DtlsEndpoint : IDisposable
{
    private readonly DtlsFingerprint _expected;
    private readonly DtlsSettings _settings;
    private readonly IDtlsOutput _output;
    private GCHandle _self;
    private nint _ssl;
    private byte* _inbound;
    private int _inboundLength;
    private bool _certificateRejected;
    private bool _draining;
    private Exception? _outputFault;

    /// <summary>Takes the SHA-256 fingerprint (32 bytes) that SDP promised for the peer's certificate.</summary>
    public DtlsEndpoint(DtlsIdentity identity, DtlsRole role, byte[] expectedSha256Fingerprint, IDtlsOutput output)
        : this(identity, role, new DtlsFingerprint(HashAlgorithmName.SHA256, expectedSha256Fingerprint), output)
    {
    }

    /// <summary>Takes a fingerprint of any supported hash, and settings.</summary>
    /// <exception cref="CryptographicException">OpenSSL has no memory or refuses the settings.</exception>
    public DtlsEndpoint(DtlsIdentity identity, DtlsRole role, DtlsFingerprint expected, IDtlsOutput output, DtlsSettings? settings = null)
    {
        _expected = expected;
        _settings = settings ?? DtlsSettings.Default;
        _output = output;
        Role = role;
        _ssl = identity.NewSsl();
        // Weak, so that an endpoint that nobody disposes can still be finalized.
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        Prepare();
    }

    /// <summary>Frees the native objects if the owner forgot to.</summary>
    ~DtlsEndpoint() => Free();

    /// <summary>The side that this endpoint takes.</summary>
    public DtlsRole Role { get; }

    /// <summary>Where the association stands.</summary>
    public DtlsState State { get; private set; }

    /// <summary>Master keys and salts, once connected.</summary>
    public SrtpKeyingMaterial? Keys { get; private set; }

    /// <summary>Why the state is <see cref="DtlsState.Failed"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>Sends the ClientHello. For a server there is nothing to do.</summary>
    public void Start()
    {
        if (Role == DtlsRole.Client && State == DtlsState.Handshaking) Drive();
    }

    /// <summary>
    /// Takes one datagram from the peer. Output it causes is sent before the call returns. Ignored in a final state.
    /// </summary>
    public void Receive(ReadOnlySpan<byte> datagram)
    {
        if (_ssl == 0 || datagram.IsEmpty || State is DtlsState.Failed or DtlsState.Closed) return;
        fixed (byte* start = datagram)
        {
            _inbound = start;
            _inboundLength = datagram.Length;
            Drive();
            _inbound = null;
        }
    }

    /// <summary>
    /// Sends application data as one record, if connected. Like UDP it may be lost: what does not go now is dropped.
    /// </summary>
    public void SendApplicationData(ReadOnlySpan<byte> data)
    {
        if (_ssl == 0 || data.IsEmpty || State != DtlsState.Connected) return;
        OpenSslCrypto.ERR_clear_error();
        if (!_draining) RestoreBuffers();
        fixed (byte* start = data) _ = OpenSsl.SSL_write(_ssl, start, data.Length);
        OpenSslCrypto.ERR_clear_error();
        // Not within a read: the datagram in work lies in them.
        if (_draining) return;
        _ = OpenSsl.SSL_free_buffers(_ssl);
        ThrowOutputFault();
    }

    /// <summary>How long until <see cref="HandleTimeout"/> is due; null when no timer runs.</summary>
    public TimeSpan? TimeToNextTimeout()
    {
        if (_ssl == 0 || State is DtlsState.Failed or DtlsState.Closed) return null;
        OpenSsl.TimeValue left;
        if (OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsGetTimeout, 0, &left) != 1) return null;
        return TimeSpan.FromSeconds(left.Seconds) + TimeSpan.FromMicroseconds(left.Microseconds);
    }

    /// <summary>Sends the last flight again if its timer has run out. After twelve rounds the endpoint fails.</summary>
    public void HandleTimeout()
    {
        if (_ssl == 0 || State is DtlsState.Failed or DtlsState.Closed) return;
        OpenSslCrypto.ERR_clear_error();
        if (State == DtlsState.Connected) RestoreBuffers();
        if (OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsHandleTimeout, 0, null) < 0) Fail("no answer to the handshake");
        ThrowOutputFault();
    }

    /// <summary>Ends the association: sends close_notify when connected.</summary>
    public void Close()
    {
        if (_ssl == 0 || State is DtlsState.Failed or DtlsState.Closed) return;
        if (State == DtlsState.Connected)
        {
            OpenSslCrypto.ERR_clear_error();
            RestoreBuffers();
            _ = OpenSsl.SSL_shutdown(_ssl);
        }

        State = DtlsState.Closed;
        ThrowOutputFault();
    }

    /// <summary>Frees the native objects; sends nothing.</summary>
    public void Dispose()
    {
        if (State is DtlsState.Handshaking or DtlsState.Connected) State = DtlsState.Closed;
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>For the BIO: hands over the datagram, once.</summary>
    internal bool TakeInbound(Span<byte> buffer, out int taken)
    {
        taken = 0;
        if (_inbound == null) return false;
        // As a socket would, cut off what does not fit: the record in it is then dropped.
        taken = Math.Min(buffer.Length, _inboundLength);
        new ReadOnlySpan<byte>(_inbound, taken).CopyTo(buffer);
        _inbound = null;
        return true;
    }

    /// <summary>For the BIO: passes a datagram on. Keeps an exception back until OpenSSL has returned.</summary>
    internal void Send(ReadOnlySpan<byte> datagram)
    {
        if (_outputFault is not null) return;
        try
        {
            _output.SendDtls(datagram);
        }
        catch (Exception fault)
        {
            _outputFault = fault;
        }
    }

    /// <summary>For the verify callback: compares with the fingerprint from SDP.</summary>
    internal bool AcceptCertificate(byte[] der)
    {
        _certificateRejected = !_expected.Matches(der);
        return !_certificateRejected;
    }

    /// <summary>For the timer callback; microseconds.</summary>
    internal uint NextTimeout(uint last)
    {
        var next = last == 0 ? _settings.InitialTimeout.TotalMicroseconds : last * 2.0;
        return (uint)Math.Min(next, _settings.MaximumTimeout.TotalMicroseconds);
    }

    private void Prepare()
    {
        var bio = OpenSslCrypto.BIO_new(DtlsCallbacks.BioMethod);
        if (bio == 0) throw new CryptographicException($"BIO_new: {OpenSslCrypto.TakeError()}");
        OpenSslCrypto.BIO_set_data(bio, GCHandle.ToIntPtr(_self));
        OpenSslCrypto.BIO_set_init(bio, 1);
        OpenSsl.SSL_set_bio(_ssl, bio, bio);
        _ = OpenSsl.SSL_set_ex_data(_ssl, DtlsCallbacks.EndpointSlot, GCHandle.ToIntPtr(_self));
        OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlSetMtu, DtlsCallbacks.Mtu, null);
        OpenSsl.DTLS_set_timer_cb(_ssl, &DtlsCallbacks.NextTimeout);
        if (OpenSsl.SSL_set_tlsext_use_srtp(_ssl, DtlsSrtpExtension.ProfileList(_settings.Profiles)) != 0)
        {
            throw new CryptographicException($"use_srtp: {OpenSslCrypto.TakeError()}");
        }

        if (Role == DtlsRole.Server) OpenSsl.SSL_set_accept_state(_ssl);
        else OpenSsl.SSL_set_connect_state(_ssl);
    }

    private void Drive()
    {
        OpenSslCrypto.ERR_clear_error();
        if (State == DtlsState.Handshaking) Handshake();
        if (State == DtlsState.Connected) Drain();
        ThrowOutputFault();
    }

    private void Handshake()
    {
        var result = OpenSsl.SSL_do_handshake(_ssl);
        if (result == 1)
        {
            Keys = DtlsSrtpExtension.Export(_ssl, out var reason);
            if (Keys is null) Fail(reason);
            else State = DtlsState.Connected;
            return;
        }

        if (OpenSsl.SSL_get_error(_ssl, result) is OpenSsl.SslErrorWantRead or OpenSsl.SslErrorWantWrite) return;
        Fail(_certificateRejected ? "the peer's certificate does not have the fingerprint from SDP" : "handshake refused");
    }

    // After the handshake: application data, alerts and repeated handshake flights.
    private void Drain()
    {
        var result = ReadRecords();
        switch (OpenSsl.SSL_get_error(_ssl, result))
        {
            case OpenSsl.SslErrorWantRead or OpenSsl.SslErrorWantWrite:
                // 33 KB that an idle association does without; SSL_MODE_RELEASE_BUFFERS does not reach DTLS records.
                _ = OpenSsl.SSL_free_buffers(_ssl);
                break;
            case OpenSsl.SslErrorZeroReturn:
                _ = OpenSsl.SSL_shutdown(_ssl);
                State = DtlsState.Closed;
                break;
            default:
                Fail("connection broken");
                break;
        }
    }

    // The result of the read that found no more.
    private int ReadRecords()
    {
        var buffer = stackalloc byte[DtlsWorker.MaximumDatagram];
        _draining = true;
        try
        {
            while (true)
            {
                var result = OpenSsl.SSL_read(_ssl, buffer, DtlsWorker.MaximumDatagram);
                if (result <= 0) return result;
                _output.OnApplicationData(new ReadOnlySpan<byte>(buffer, result));
            }
        }
        finally
        {
            _draining = false;
        }
    }

    // A DTLS write of OpenSSL 3.0 relies on buffers that Drain has freed; a read, even of nothing, makes new ones.
    private void RestoreBuffers()
    {
        byte ignored;
        _ = OpenSsl.SSL_read(_ssl, &ignored, 1);
        OpenSslCrypto.ERR_clear_error();
    }

    private void Fail(string reason)
    {
        var detail = OpenSslCrypto.TakeError();
        Failure = detail.Length == 0 ? reason : $"{reason} ({detail})";
        State = DtlsState.Failed;
    }

    private void ThrowOutputFault()
    {
        var fault = _outputFault;
        _outputFault = null;
        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    private void Free()
    {
        // SSL_free frees the BIO with it.
        if (_ssl != 0) OpenSsl.SSL_free(_ssl);
        _ssl = 0;
        if (_self.IsAllocated) _self.Free();
    }
}

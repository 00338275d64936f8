using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Dtls;

/// <summary>
/// What OpenSSL calls: a BIO whose every write is one datagram, the certificate check and the retransmission timer. Runs
/// inside a call that a <see cref="DtlsEndpoint"/> made, on its thread. No exception may pass into native code.
/// </summary>
internal static unsafe class DtlsCallbacks
{
    /// <summary>Largest datagram that goes out: within the smallest common path, headers and TURN framing included.</summary>
    public const int Mtu = 1200;

    /// <summary>The ex_data slot (the application's own) that leads from an SSL object to its endpoint.</summary>
    public const int EndpointSlot = 0;

    /// <summary>The BIO method, one for the process.</summary>
    public static nint BioMethod { get; } = CreateBioMethod();

    /// <summary>Accepts the peer's certificate if it has the fingerprint from SDP; chain, dates and names do not matter (RFC 5763 §5).</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int VerifyCertificate(nint store, void* argument)
    {
        var ssl = OpenSslCrypto.X509_STORE_CTX_get_ex_data(store, OpenSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
        var endpoint = Find(OpenSsl.SSL_get_ex_data(ssl, EndpointSlot));
        if (endpoint is not null && CertificateMatches(endpoint, OpenSslCrypto.X509_STORE_CTX_get0_cert(store))) return 1;
        OpenSslCrypto.X509_STORE_CTX_set_error(store, OpenSslCrypto.VerifyErrorCertificateRejected);
        return 0;
    }

    /// <summary>The next wait in microseconds, given the last one or 0.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static uint NextTimeout(nint ssl, uint last) =>
        Find(OpenSsl.SSL_get_ex_data(ssl, EndpointSlot))?.NextTimeout(last) ?? 1_000_000;

    private static bool CertificateMatches(DtlsEndpoint endpoint, nint certificate)
    {
        if (certificate == 0) return false;
        var length = OpenSslCrypto.i2d_X509(certificate, null);
        if (length <= 0) return false;
        var der = new byte[length];
        fixed (byte* start = der)
        {
            // The call moves the pointer, which is why it gets a copy.
            var cursor = start;
            if (OpenSslCrypto.i2d_X509(certificate, &cursor) != length) return false;
        }

        return endpoint.AcceptCertificate(der);
    }

    private static nint CreateBioMethod()
    {
        var method = OpenSslCrypto.BIO_meth_new(OpenSslCrypto.BIO_get_new_index() | OpenSslCrypto.BioTypeSourceSink, "datagram");
        _ = OpenSslCrypto.BIO_meth_set_write(method, &Write);
        _ = OpenSslCrypto.BIO_meth_set_read(method, &Read);
        _ = OpenSslCrypto.BIO_meth_set_ctrl(method, &Control);
        return method;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* data, int length)
    {
        OpenSslCrypto.BIO_clear_flags(bio, OpenSslCrypto.BioFlagsRetryMask);
        Find(OpenSslCrypto.BIO_get_data(bio))?.Send(new ReadOnlySpan<byte>(data, length));
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* buffer, int length)
    {
        OpenSslCrypto.BIO_clear_flags(bio, OpenSslCrypto.BioFlagsRetryMask);
        var endpoint = Find(OpenSslCrypto.BIO_get_data(bio));
        if (endpoint is not null && endpoint.TakeInbound(new Span<byte>(buffer, length), out var taken)) return taken;
        OpenSslCrypto.BIO_set_flags(bio, OpenSslCrypto.BioFlagRead | OpenSslCrypto.BioFlagShouldRetry);
        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, void* pointer) => command switch
    {
        OpenSslCrypto.BioCtrlFlush or OpenSslCrypto.BioCtrlDgramSetNextTimeout => 1,
        OpenSslCrypto.BioCtrlDgramQueryMtu or OpenSslCrypto.BioCtrlDgramGetMtu or OpenSslCrypto.BioCtrlDgramGetFallbackMtu => Mtu,
        OpenSslCrypto.BioCtrlDgramSetMtu => number,
        _ => 0,
    };

    private static DtlsEndpoint? Find(nint handle) =>
        handle == 0 ? null : GCHandle.FromIntPtr(handle).Target as DtlsEndpoint;
}

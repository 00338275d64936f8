using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Dtls;

/// <summary>
/// The self-signed certificate that the process shows to every peer, and the OpenSSL context made from it. One for the
/// process; endpoints keep what they need of it alive, so it may be disposed first. Safe to share between threads.
/// </summary>
public sealed unsafe class DtlsIdentity : IDisposable
{
    // Forward secrecy and AEAD; the CBC suites at the end are for peers without GCM.
    private const string Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:!PSK:!SRP";
    private const int ValidDays = 365;
    private nint _context;

    private DtlsIdentity(nint context, byte[] certificate)
    {
        _context = context;
        Sha256Fingerprint = SHA256.HashData(certificate);
        FingerprintText = string.Join(':', Sha256Fingerprint.Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Frees the context if the owner forgot to.</summary>
    ~DtlsIdentity() => Free();

    /// <summary>SHA-256 of the certificate, 32 bytes.</summary>
    public byte[] Sha256Fingerprint { get; }

    /// <summary>The same as SDP writes it: upper-case hex pairs with colons.</summary>
    public string FingerprintText { get; }

    /// <summary>Makes a new ECDSA P-256 key and certificate.</summary>
    /// <exception cref="PlatformNotSupportedException">OpenSSL 3 is not installed.</exception>
    /// <exception cref="CryptographicException">OpenSSL refused key or certificate.</exception>
    public static DtlsIdentity Create()
    {
        if (!OpenSsl.IsInstalled)
        {
            throw new PlatformNotSupportedException(
                "OpenSSL 3 (libssl.so.3) is not installed; DTLS needs it. On Debian and Ubuntu: apt-get install libssl3.");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=LiveStream", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(ValidDays));
        var privateKey = key.ExportPkcs8PrivateKey();
        try
        {
            return new DtlsIdentity(CreateContext(certificate.RawData, privateKey), certificate.RawData);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>A new SSL object, which holds its own reference to the context.</summary>
    internal nint NewSsl()
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        var ssl = OpenSsl.SSL_new(_context);
        GC.KeepAlive(this);
        return ssl != 0 ? ssl : throw new CryptographicException($"SSL_new: {OpenSslCrypto.TakeError()}");
    }

    /// <summary>Releases the context; endpoints that exist go on.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context != 0) OpenSsl.SSL_CTX_free(_context);
        _context = 0;
    }

    private static nint CreateContext(byte[] certificate, byte[] privateKey)
    {
        var context = OpenSsl.SSL_CTX_new(OpenSsl.DTLS_method());
        nint x509 = 0, key = 0;
        try
        {
            fixed (byte* certificateStart = certificate, keyStart = privateKey)
            {
                byte* cursor = certificateStart;
                x509 = OpenSslCrypto.d2i_X509(0, &cursor, certificate.Length);
                cursor = keyStart;
                key = OpenSslCrypto.d2i_AutoPrivateKey(0, &cursor, privateKey.Length);
            }

            var ready = context != 0
                && OpenSsl.SSL_CTX_use_certificate(context, x509) == 1
                && OpenSsl.SSL_CTX_use_PrivateKey(context, key) == 1
                && OpenSsl.SSL_CTX_set_cipher_list(context, Ciphers) == 1
                && OpenSsl.SSL_CTX_ctrl(context, OpenSsl.CtrlSetMinProtoVersion, OpenSsl.Dtls12, null) == 1;
            if (!ready) throw new CryptographicException($"OpenSSL context: {OpenSslCrypto.TakeError()}");
        }
        catch
        {
            OpenSsl.SSL_CTX_free(context);
            throw;
        }
        finally
        {
            OpenSslCrypto.X509_free(x509);
            OpenSslCrypto.EVP_PKEY_free(key);
        }

        // Each session is of its own: no tickets, no cache, no renegotiation.
        OpenSsl.SSL_CTX_set_options(context, OpenSsl.OptionNoQueryMtu | OpenSsl.OptionNoTicket | OpenSsl.OptionNoRenegotiation);
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.CtrlSetSessionCacheMode, 0, null);
        OpenSsl.SSL_CTX_set_verify(context, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate, 0);
        OpenSsl.SSL_CTX_set_cert_verify_callback(context, &DtlsCallbacks.VerifyCertificate, null);
        return context;
    }
}

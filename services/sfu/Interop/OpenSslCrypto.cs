using System.Runtime.InteropServices;

namespace LiveStream.Sfu.Interop;

/// <summary>The part of OpenSSL 3 (<c>libcrypto</c>) that DTLS needs: BIO, certificates, the error queue.</summary>
internal static unsafe class OpenSslCrypto
{
    public const string LibCrypto = "libcrypto.so.3";

    // BIO type, flags and control commands of bio.h.
    public const int BioTypeSourceSink = 0x0400;
    public const int BioFlagRead = 0x01, BioFlagShouldRetry = 0x08, BioFlagsRetryMask = 0x0F;
    public const int BioCtrlFlush = 11, BioCtrlDgramQueryMtu = 40, BioCtrlDgramGetMtu = 41, BioCtrlDgramSetMtu = 42;
    public const int BioCtrlDgramSetNextTimeout = 45, BioCtrlDgramGetFallbackMtu = 47, BioCtrlDgramGetMtuOverhead = 49;

    public const int VerifyErrorCertificateRejected = 28;

    [DllImport(LibCrypto)] public static extern int BIO_get_new_index();

    [DllImport(LibCrypto)] public static extern nint BIO_meth_new(int type, [MarshalAs(UnmanagedType.LPStr)] string name);

    [DllImport(LibCrypto)]
    public static extern int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [DllImport(LibCrypto)]
    public static extern int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [DllImport(LibCrypto)]
    public static extern int BIO_meth_set_ctrl(nint method, delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint> callback);

    [DllImport(LibCrypto)] public static extern nint BIO_new(nint method);

    [DllImport(LibCrypto)] public static extern void BIO_set_data(nint bio, nint data);

    [DllImport(LibCrypto)] public static extern nint BIO_get_data(nint bio);

    [DllImport(LibCrypto)] public static extern void BIO_set_init(nint bio, int initialised);

    [DllImport(LibCrypto)] public static extern void BIO_set_flags(nint bio, int flags);

    [DllImport(LibCrypto)] public static extern void BIO_clear_flags(nint bio, int flags);

    [DllImport(LibCrypto)] public static extern nint d2i_X509(nint reuse, byte** der, nint length);

    [DllImport(LibCrypto)] public static extern int i2d_X509(nint certificate, byte** der);

    [DllImport(LibCrypto)] public static extern void X509_free(nint certificate);

    [DllImport(LibCrypto)] public static extern nint X509_STORE_CTX_get0_cert(nint context);

    [DllImport(LibCrypto)] public static extern nint X509_STORE_CTX_get_ex_data(nint context, int index);

    [DllImport(LibCrypto)] public static extern void X509_STORE_CTX_set_error(nint context, int error);

    [DllImport(LibCrypto)] public static extern nint d2i_AutoPrivateKey(nint reuse, byte** der, nint length);

    [DllImport(LibCrypto)] public static extern void EVP_PKEY_free(nint key);

    [DllImport(LibCrypto)] public static extern void ERR_clear_error();

    [DllImport(LibCrypto)] public static extern nuint ERR_get_error();

    [DllImport(LibCrypto)] public static extern void ERR_error_string_n(nuint error, byte* buffer, nuint length);

    /// <summary>The oldest error of this thread as text, and forgets the others; empty when there is none.</summary>
    public static string TakeError()
    {
        var error = ERR_get_error();
        if (error == 0) return "";
        const int Size = 256;
        var buffer = stackalloc byte[Size];
        ERR_error_string_n(error, buffer, Size);
        ERR_clear_error();
        return Marshal.PtrToStringAnsi((nint)buffer) ?? "";
    }
}

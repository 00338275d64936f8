using System.Runtime.InteropServices;

namespace LiveStream.Sfu.Interop;

/// <summary>The part of OpenSSL 3 (<c>libssl</c>) that DTLS needs. Handles are raw pointers; their owners free them.</summary>
internal static unsafe class OpenSsl
{
    public const int SslErrorWantRead = 2, SslErrorWantWrite = 3, SslErrorZeroReturn = 6;
    public const int Dtls12 = 0xFEFD;
    public const int VerifyPeer = 1, VerifyFailIfNoPeerCertificate = 2;
    public const int ReceivedShutdown = 2;

    // SSL_CTX_ctrl and SSL_ctrl commands behind the macros of ssl.h.
    public const int CtrlSetMtu = 17, CtrlSetSessionCacheMode = 44;
    public const int CtrlDtlsGetTimeout = 73, CtrlDtlsHandleTimeout = 74;
    public const int CtrlSetMinProtoVersion = 123;
    public const ulong OptionNoQueryMtu = 1UL << 12, OptionNoTicket = 1UL << 14, OptionNoRenegotiation = 1UL << 30;

    private const string LibSsl = "libssl.so.3";

    /// <summary>Whether libssl and libcrypto of OpenSSL 3 are installed.</summary>
    public static bool IsInstalled { get; } =
        NativeLibrary.TryLoad(LibSsl, out _) && NativeLibrary.TryLoad(OpenSslCrypto.LibCrypto, out _);

    [DllImport(LibSsl)] public static extern nint DTLS_method();

    [DllImport(LibSsl)] public static extern nint SSL_CTX_new(nint method);

    [DllImport(LibSsl)] public static extern void SSL_CTX_free(nint context);

    [DllImport(LibSsl)] public static extern nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);

    [DllImport(LibSsl)] public static extern ulong SSL_CTX_set_options(nint context, ulong options);

    [DllImport(LibSsl)] public static extern int SSL_CTX_use_certificate(nint context, nint certificate);

    [DllImport(LibSsl)] public static extern int SSL_CTX_use_PrivateKey(nint context, nint key);

    [DllImport(LibSsl)] public static extern int SSL_CTX_set_cipher_list(nint context, [MarshalAs(UnmanagedType.LPStr)] string ciphers);

    [DllImport(LibSsl)] public static extern void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [DllImport(LibSsl)]
    public static extern void SSL_CTX_set_cert_verify_callback(nint context, delegate* unmanaged[Cdecl]<nint, void*, int> callback, void* argument);

    /// <summary>Returns 0 on success.</summary>
    [DllImport(LibSsl)]
    public static extern int SSL_set_tlsext_use_srtp(nint ssl, [MarshalAs(UnmanagedType.LPStr)] string profiles);

    [DllImport(LibSsl)] public static extern nint SSL_new(nint context);

    [DllImport(LibSsl)] public static extern void SSL_free(nint ssl);

    /// <summary>Gives back the record buffers; they come again when needed. Returns 0 while they are in use.</summary>
    [DllImport(LibSsl)] public static extern int SSL_free_buffers(nint ssl);

    [DllImport(LibSsl)] public static extern nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);

    [DllImport(LibSsl)] public static extern void SSL_set_bio(nint ssl, nint reader, nint writer);

    [DllImport(LibSsl)] public static extern int SSL_set_ex_data(nint ssl, int index, nint data);

    [DllImport(LibSsl)] public static extern nint SSL_get_ex_data(nint ssl, int index);

    [DllImport(LibSsl)] public static extern int SSL_get_ex_data_X509_STORE_CTX_idx();

    [DllImport(LibSsl)] public static extern void SSL_set_accept_state(nint ssl);

    [DllImport(LibSsl)] public static extern void SSL_set_connect_state(nint ssl);

    [DllImport(LibSsl)] public static extern int SSL_do_handshake(nint ssl);

    [DllImport(LibSsl)] public static extern int SSL_read(nint ssl, byte* buffer, int length);

    [DllImport(LibSsl)] public static extern int SSL_write(nint ssl, byte* buffer, int length);

    [DllImport(LibSsl)] public static extern int SSL_shutdown(nint ssl);

    [DllImport(LibSsl)] public static extern int SSL_get_shutdown(nint ssl);

    [DllImport(LibSsl)] public static extern int SSL_get_error(nint ssl, int result);

    [DllImport(LibSsl)]
    public static extern int SSL_export_keying_material(
        nint ssl, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    [DllImport(LibSsl)] public static extern SrtpProtectionProfile* SSL_get_selected_srtp_profile(nint ssl);

    [DllImport(LibSsl)]
    public static extern void DTLS_set_timer_cb(nint ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    /// <summary><c>SRTP_PROTECTION_PROFILE</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SrtpProtectionProfile
    {
        public byte* Name;
        public nuint Id;
    }

    /// <summary><c>struct timeval</c> on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public nint Seconds;
        public nint Microseconds;
    }
}

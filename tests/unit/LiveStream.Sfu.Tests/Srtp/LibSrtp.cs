using System.Runtime.InteropServices;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Tests.Srtp;

/// <summary>One direction of a session of libsrtp 2, the implementation that most peers use.</summary>
internal sealed unsafe class LibSrtp : IDisposable
{
    private const string Library = "libsrtp2.so.1";
    private const int AnyInbound = 2, AnyOutbound = 3;
    private readonly nint _session;

    public LibSrtp(SrtpProfile profile, byte[] key, byte[] salt, bool sending)
    {
        Policy policy = default;
        policy.SsrcType = sending ? AnyOutbound : AnyInbound;
        if (profile == SrtpProfile.AeadAes128Gcm)
        {
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.Rtp);
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.Rtcp);
        }
        else
        {
            srtp_crypto_policy_set_rtp_default(&policy.Rtp);
            srtp_crypto_policy_set_rtcp_default(&policy.Rtcp);
        }

        byte[] master = [.. key, .. salt];
        nint session;
        fixed (byte* start = master)
        {
            policy.Key = start;
            Assert.Equal(0, srtp_create(&session, &policy));
        }

        _session = session;
    }

    /// <summary>Whether the library is installed; it is initialised once.</summary>
    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _) && srtp_init() == 0;

    public int Protect(byte[] packet, int length, bool rtcp) => Run(packet, length, rtcp ? &srtp_protect_rtcp : &srtp_protect);

    public int Unprotect(byte[] packet, int length, bool rtcp) => Run(packet, length, rtcp ? &srtp_unprotect_rtcp : &srtp_unprotect);

    public void Dispose() => _ = srtp_dealloc(_session);

    private int Run(byte[] packet, int length, delegate*<nint, byte*, int*, int> call)
    {
        fixed (byte* start = packet) Assert.Equal(0, call(_session, start, &length));
        return length;
    }

    [DllImport(Library)] private static extern int srtp_init();

    [DllImport(Library)] private static extern void srtp_crypto_policy_set_aes_gcm_128_16_auth(CryptoPolicy* policy);

    [DllImport(Library)] private static extern void srtp_crypto_policy_set_rtp_default(CryptoPolicy* policy);

    [DllImport(Library)] private static extern void srtp_crypto_policy_set_rtcp_default(CryptoPolicy* policy);

    [DllImport(Library)] private static extern int srtp_create(nint* session, Policy* policy);

    [DllImport(Library)] private static extern int srtp_dealloc(nint session);

    [DllImport(Library)] private static extern int srtp_protect(nint session, byte* packet, int* length);

    [DllImport(Library)] private static extern int srtp_unprotect(nint session, byte* packet, int* length);

    [DllImport(Library)] private static extern int srtp_protect_rtcp(nint session, byte* packet, int* length);

    [DllImport(Library)] private static extern int srtp_unprotect_rtcp(nint session, byte* packet, int* length);

    /// <summary><c>srtp_crypto_policy_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CryptoPolicy
    {
        public int CipherType, CipherKeyLength, AuthType, AuthKeyLength, AuthTagLength, Services;
    }

    /// <summary><c>srtp_policy_t</c>: what follows the key stays zero, which means the defaults.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Policy
    {
        public int SsrcType;
        public uint SsrcValue;
        public CryptoPolicy Rtp, Rtcp;
        public byte* Key;
        public fixed ulong Rest[12];
    }
}

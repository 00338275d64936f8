namespace LiveStream.Sfu.Router;

/// <summary>Smoothed loudness of one audio track from RFC 6464 levels (-dBov: 0 loud, 127 silent). Pure.</summary>
internal sealed class AudioActivity
{
    private const int SilenceDecibels = 60;
    private const double Rise = 0.3, Fall = 0.08;

    private double _loudness;

    /// <summary>0 silent to 100 loud.</summary>
    public uint Level => (uint)Math.Clamp(_loudness, 0, 100);

    /// <summary>Notes the octet of one packet: voice flag and level.</summary>
    public void OnPacket(byte octet)
    {
        var level = octet & 0x7F;
        var loudness = level >= SilenceDecibels ? 0 : (SilenceDecibels - level) * 100.0 / SilenceDecibels;
        _loudness += (loudness - _loudness) * (loudness > _loudness ? Rise : Fall);
    }

    /// <summary>Time passed without packets (discontinuous transmission).</summary>
    public void Decay() => _loudness *= 0.7;
}

using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Sctp;

namespace LiveStream.Testing.Rtc;

// Data channels, as a browser has them: made when either side opens one.
public sealed partial class RtcSession : IDataChannelUser
{
    private DataChannels? _channels;

    /// <summary>Opens a reliable, ordered data channel; once connected.</summary>
    public void OpenChannel(string label, TimeSpan now)
    {
        _now = now;
        Channels().Open(label, now);
    }

    /// <summary>Sends a text (UTF-8) by an open data channel; false if there is none of that label or no room.</summary>
    public bool SendText(string label, ReadOnlySpan<byte> text, TimeSpan now)
    {
        _now = now;
        return _channels?.SendText(label, text, now) == true;
    }

    void IDtlsOutput.OnApplicationData(ReadOnlySpan<byte> data) => Channels().Receive(data, _now);

    void IDataChannelUser.SendSctp(ReadOnlySpan<byte> packet) => _dtls?.SendApplicationData(packet);

    void IDataChannelUser.OnChannelOpened(string label) => _observer.OnChannelOpened(this, label);

    void IDataChannelUser.OnText(string label, ReadOnlySpan<byte> text) => _observer.OnText(this, label, text);

    void IDataChannelUser.OnChannelClosed(string label)
    {
    }

    private DataChannels Channels() => _channels ??= new DataChannels(this, isDtlsServer: false);
}

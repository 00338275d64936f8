using System.Diagnostics.CodeAnalysis;

namespace LiveStream.Wire.Sdp;

/// <summary>A rid in a simulcast list.</summary>
/// <param name="Id">See <see cref="RidDescription.Id"/>.</param>
/// <param name="Paused">Written with <c>~</c>: not sent for now.</param>
public sealed record SimulcastRid(string Id, bool Paused)
{
    /// <summary>As in the list.</summary>
    public override string ToString() => Paused ? $"~{Id}" : Id;
}

/// <summary>One simulcast stream: alternative formats, of which one is sent at a time.</summary>
/// <param name="Alternatives">By preference, at least one.</param>
public sealed record SimulcastStream(IReadOnlyList<SimulcastRid> Alternatives)
{
    /// <summary>As in the list.</summary>
    public override string ToString() => string.Join(',', Alternatives);
}

/// <summary>Simulcast (RFC 8853 §5.1): <c>send 1,~4;2;3 recv 5</c>, each direction at most once.</summary>
/// <param name="Send">Streams that the describer sends, in its order; empty when not stated.</param>
/// <param name="Receive">Streams that the describer receives; empty when not stated.</param>
public sealed record SimulcastDescription(IReadOnlyList<SimulcastStream> Send, IReadOnlyList<SimulcastStream> Receive)
{
    /// <summary>Reads an attribute value; false when it is malformed.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out SimulcastDescription? simulcast)
    {
        simulcast = null;
        var words = SdpText.Words(value);
        if (words.Length is not (2 or 4)) return false;

        SimulcastStream[] send = [], receive = [];
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!TryStreams(words[i + 1], out var streams)) return false;
            if (words[i] == "send" && send.Length == 0) send = streams;
            else if (words[i] == "recv" && receive.Length == 0) receive = streams;
            else return false;
        }

        simulcast = new SimulcastDescription(send, receive);
        return true;
    }

    /// <summary>The attribute value.</summary>
    public override string ToString()
    {
        var send = Send.Count == 0 ? "" : $"send {string.Join(';', Send)}";
        var receive = Receive.Count == 0 ? "" : $"recv {string.Join(';', Receive)}";
        return $"{send} {receive}".Trim(' ');
    }

    private static bool TryStreams(string list, out SimulcastStream[] streams)
    {
        var parts = list.Split(';');
        streams = new SimulcastStream[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var rids = parts[i].Split(',');
            var alternatives = new SimulcastRid[rids.Length];
            for (var j = 0; j < rids.Length; j++)
            {
                var paused = rids[j].StartsWith('~');
                var id = paused ? rids[j][1..] : rids[j];
                if (!SdpText.IsRidId(id)) return false;
                alternatives[j] = new SimulcastRid(id, paused);
            }

            streams[i] = new SimulcastStream(alternatives);
        }

        return true;
    }
}
